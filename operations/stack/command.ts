import { execFile } from "node:child_process";
import { promisify } from "node:util";

/** A command that ended with something other than 0. */
export class CommandError extends Error {
  constructor(
    readonly command: string,
    readonly exitCode: number | string,
    readonly stdout: string,
    readonly stderr: string,
  ) {
    super(`${command} ended with ${exitCode}: ${stderr.trim() || stdout.trim()}`);
    this.name = "CommandError";
  }
}

/** What `execFile` throws, as far as it is used. */
interface Failure {
  code?: number | string;
  stdout?: string;
  stderr?: string;
}

/** A preview with all its states is long. */
const LONGEST = 256 * 2 ** 20;

/**
 * What a command prints to standard output.
 * @throws {CommandError} when it does not end with 0, or is not there
 */
export async function output(
  file: string,
  args: readonly string[],
  { cwd, timeout = 600_000 }: { cwd: string; timeout?: number },
): Promise<string> {
  try {
    const { stdout } = await promisify(execFile)(file, args, { cwd, timeout, maxBuffer: LONGEST });
    return stdout;
  } catch (error) {
    const { code = "?", stdout = "", stderr = "" } = error as Failure;
    throw new CommandError([file, ...args].join(" "), code, stdout, stderr);
  }
}
