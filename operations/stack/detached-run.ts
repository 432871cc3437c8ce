import { spawn } from "node:child_process";
import { closeSync, openSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { projectDir } from "../../stacks/stack-file";
import { UserError } from "../errors";
import { withCopy } from "./copy";
import type { Stack } from "./stack-file";

/** How a run of Pulumi ended. */
export interface DetachedRun {
  /** Exit code. */
  code: number;
  /** Everything that it printed. */
  said: string;
}

/**
 * A run of Pulumi that changes the stack, with a copy of the stack's file, and comes to its end whatever becomes of this
 * process. It is the one place where Pulumi is a command and not the Automation API, which cannot do two things (3.246,
 * automation/cmd.ts): it reads Pulumi's output from pipes, so that Pulumi dies in the middle of an update when this
 * process is killed; and it leaves Pulumi in this process's group, where Ctrl-C reaches it twice, and the second time
 * ends it at once. `--json` would have the events in the file, and with them debug messages, which hold secrets.
 * @param signal interrupts Pulumi: it cancels what it does, writes down how far it came, and removes its lock
 * @throws {UserError} when Pulumi cannot be started
 */
export function runDetached(stack: Stack, args: string[], signal?: AbortSignal): Promise<DetachedRun> {
  return withCopy(stack, async (copy) => {
    const options = ["--stack", stack.name, "--config-file", copy, "--non-interactive", "--color=never"];
    const file = join(dirname(copy), "output");
    const output = openSync(file, "w", 0o600);
    const child = spawn("pulumi", [...args, ...options], {
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
