import { writeFileSync } from "node:fs";
import { Refusal } from "../errors";
import type { Change } from "../review/preview";
import { cancelUpdate, changesOf, describeChange, hasPendingOperations } from "../stack/automation";
import { runDetached } from "../stack/detached-run";
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

/** Another process is updating the stack. */
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

/** What is changed before everything else, and has to be in force first. */
export interface Ahead {
  is(change: Change): boolean;
  /** Ends when it is in force. */
  inForce(signal: AbortSignal): Promise<void>;
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
   * @param ahead what the rest of the update waits for, @default nothing
   * @returns how many objects were changed
   * @throws {UpFailure} when `up` fails
   * @throws {Refusal} when the preview shows something else, or another process is updating the stack; nothing was changed
   */
  async apply(
    content: string,
    isMine: (change: Change) => boolean,
    signal: AbortSignal,
    ahead?: Ahead,
  ): Promise<number> {
    const changes = await changesOf({ ...this.stack, text: content });
    signal.throwIfAborted();
    const others = changes.filter((change) => !isMine(change));
    if (others.length > 0) {
      const { name } = this.stack;
      throw new Refusal(
        `the preview of stack ${name} shows ${others.length} changes that are no part of it:`,
        [
          ...others.slice(0, MOST_NAMED).map(describeChange),
          `bring them up first: pulumi up --stack ${name}`,
        ],
      );
    }
    const before = this.text;
    this.#write(content);
    const first = changes.filter((change) => ahead?.is(change)).map(({ urn }) => `--target=${urn}`);
    try {
      if (ahead && first.length > 0) {
        await this.#up(signal, first);
        await ahead.inForce(signal);
      }
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
        if (isDead(lock.machine, lock.pid)) await cancelUpdate(this.stack);
        else if (Date.now() > end) throw error;
      }
    }
  }

  #write(content: string): void {
    if (this.text !== content) writeFileSync(this.stack.path, content);
    this.stack.text = content;
  }

  /** What was being made when Pulumi was killed stays in the state as a pending operation: the next update makes it anew. */
  async #forgetPending(): Promise<void> {
    if (!(await hasPendingOperations(this.stack))) return;
    const { code, said } = await runDetached(this.stack, [
      "refresh",
      "--yes",
      "--skip-preview",
      "--clear-pending-creates",
    ]);
    if (code !== 0) throw this.#failure(said);
  }

  async #up(signal?: AbortSignal, targets: string[] = []): Promise<void> {
    const args = ["up", "--yes", "--skip-preview", ...targets];
    const { code, said } = await runDetached(this.stack, args, signal);
    signal?.throwIfAborted();
    if (code !== 0) throw this.#failure(said);
  }

  #failure(said: string): Error {
    const lock = lockOf(said);
    return lock ? new Locked(this.stack.name, lock) : new UpFailure(diagnosticsOf(said));
  }
}
