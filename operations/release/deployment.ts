import { spawn } from "node:child_process";
import { closeSync, openSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { projectDir } from "../../stacks/stack-file";
import { Refusal, UserError } from "../errors";
import type { Change } from "../review/preview";
import { changesOf, pulumi, withCopy } from "../stack/pulumi";
import type { Stack } from "../stack/stack-file";
import { isDead } from "./alive";
import { diagnosticsOf, type Lock, lockOf } from "./locks";
import { StepFailed } from "./outcome";
import { pause } from "./pause";

/** Milliseconds for a Pulumi that a killed release has left behind to come to its end. */
const ORPHAN_TIMEOUT = 180_000;

/** A step could not be brought into force; the reasons are Pulumi's. */
export class UpFailure extends StepFailed {}

/** How many changes of others are named. */
const MOST_NAMED = 5;

/** Somebody else is updating the stack. */
class Locked extends Refusal {
  constructor(
    stack: string,
    readonly lock: Lock,
  ) {
    super(`stack ${stack} is being updated, nothing was changed:`, [
      `by ${lock.who}; wait for it to end, then try again`,
    ]);
  }
}

/** Brings a stack to what a text of its file says. */
export class Deployment {
  constructor(readonly stack: Stack) {}

  /** What the file says. */
  get text(): string {
    return this.stack.text;
  }

  /**
   * Sees by a preview that nothing else changes, writes the stack's file, and brings it up.
   * @param isMine whether a change is one of the release's
   * @param signal ends Pulumi in order, and throws its reason then
   * @returns how many objects were changed
   * @throws {UpFailure} when `up` fails
   * @throws {Refusal} when the preview shows something else, or somebody else is updating the stack; nothing was changed
   */
  async apply(content: string, isMine: (change: Change) => boolean, signal: AbortSignal): Promise<number> {
    const changes = await changesOf({ ...this.stack, text: content });
    signal.throwIfAborted();
    const others = changes.filter((change) => !isMine(change));
    if (others.length > 0) {
      const { name } = this.stack;
      const named = others.slice(0, MOST_NAMED).map(({ operation, label }) => `${operation} ${label}`);
      throw new Refusal(
        `the preview of stack ${name} shows ${others.length} changes that are no part of it:`,
        [...named, `bring them up first: pulumi up --stack ${name}`],
      );
    }
    const before = this.text;
    this.#write(content);
    try {
      await this.#up(signal);
    } catch (error) {
      if (error instanceof Locked) this.#write(before);
      throw error;
    }
    return changes.length;
  }

  /**
   * The way back, whatever is in it: waits for a Pulumi that a killed release has left, or takes its lock away.
   * @param killed whether Pulumi may not have come to its end
   * @throws {UpFailure} when `up` fails
   */
  async restore(content: string, killed: boolean): Promise<void> {
    this.#write(content);
    for (const end = Date.now() + ORPHAN_TIMEOUT; ; await pause(2000)) {
      try {
        if (killed) await this.#forgetPending();
        return await this.#up();
      } catch (error) {
        if (!(error instanceof Locked)) throw error;
        const { lock } = error;
        if (isDead(lock.machine, lock.pid)) await pulumi(["cancel", "--stack", this.stack.name, "--yes"]);
        else if (Date.now() > end) throw error;
      }
    }
  }

  #write(content: string): void {
    if (this.text !== content) writeFileSync(this.stack.path, content);
    this.stack.text = content;
  }

  /** What was being made when Pulumi was killed stays in the state as a question: whoever comes next makes it anew. */
  async #forgetPending(): Promise<void> {
    const { name } = this.stack;
    const exported = JSON.parse(await pulumi(["stack", "export", "--stack", name]));
    if (!exported.deployment?.pending_operations?.length) return;
    const { code, said } = await this.#run(["refresh", "--yes", "--skip-preview", "--clear-pending-creates"]);
    if (code !== 0) throw this.#failure(said);
  }

  async #up(signal?: AbortSignal): Promise<void> {
    const { code, said } = await this.#run(["up", "--yes", "--skip-preview"], signal);
    signal?.throwIfAborted();
    if (code !== 0) throw this.#failure(said);
  }

  #failure(said: string): Error {
    const lock = lockOf(said);
    return lock ? new Locked(this.stack.name, lock) : new UpFailure(diagnosticsOf(said));
  }

  /** Ended by SIGINT Pulumi cancels what it does, writes down how far it came, and removes its lock. */
  #run(args: string[], signal?: AbortSignal): Promise<{ code: number; said: string }> {
    const { name } = this.stack;
    return withCopy(this.stack, async (copy) => {
      const all = [...args, "--stack", name, "--config-file", copy, "--non-interactive", "--color=never"];
      // A file, and no pipe: with its reader killed Pulumi would die of it in the middle of an update.
      const file = join(dirname(copy), "output");
      const output = openSync(file, "w", 0o600);
      // A group of its own: Ctrl-C on the terminal would reach it twice, and the second time ends it at once.
      const child = spawn("pulumi", all, {
        cwd: projectDir,
        detached: true,
        stdio: ["ignore", output, output],
      });
      const interrupt = () => child.kill("SIGINT");
      signal?.addEventListener("abort", interrupt, { once: true });
      try {
        const code = await new Promise<number>((resolve, reject) => {
          child.once("close", (code) => resolve(code ?? 1));
          child.once("error", (error) =>
            reject(new UserError(`pulumi cannot be started: ${error.message}`, "put it on the PATH")),
          );
        });
        return { code, said: readFileSync(file, "utf8") };
      } finally {
        signal?.removeEventListener("abort", interrupt);
        closeSync(output);
      }
    });
  }
}
