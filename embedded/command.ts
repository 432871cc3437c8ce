import { closeSync, existsSync, mkdirSync, openSync, writeSync } from "node:fs";
import { delimiter, join } from "node:path";
import { execa } from "execa";
import { logsDir } from "./paths";
import { rotate } from "./rotate";

/** Receives one line of progress, for people. */
export type Report = (line: string) => void;

export interface CommandOptions {
  /** Name of the log file, without `.log`; the output of the command is appended to it. */
  log: string;
  cwd?: string;
  /**
   * Added to the environment of this process; `undefined` takes a variable away. Secrets go here or to
   * `input`, never into the arguments.
   */
  env?: Record<string, string | undefined>;
  /** Written to standard input. */
  input?: string;
  /** Milliseconds after which the command is ended. @default no limit */
  timeout?: number;
  /** Receives each line the command prints. */
  report?: Report;
  /**
   * Makes something to read of a line the command prints. Only that is logged and reported; a line of which it
   * makes nothing may hold secrets. @default the line itself
   */
  translate?: (line: string) => string | undefined;
}

/** A command ended with an error: what was run, its last lines, and where the rest is. */
export class CommandFailure extends Error {
  constructor(
    readonly command: string,
    readonly reason: string,
    readonly lastLines: string[],
    readonly logFile: string,
  ) {
    super(
      [`${command}: ${reason}`, ...lastLines.map((line) => `  | ${line}`), `  log: ${logFile}`].join("\n"),
    );
    this.name = "CommandFailure";
  }
}

const LINES_SHOWN = 15;

/** With where commands for root are, which is not always on the PATH. */
const searchPath = () => [process.env.PATH, "/usr/local/sbin", "/usr/sbin", "/sbin"].join(delimiter);

/** Whether there is such a command, or such a file if it is an absolute path. */
export function isInstalled(commandOrFile: string): boolean {
  if (commandOrFile.startsWith("/")) return existsSync(commandOrFile);
  return searchPath()
    .split(delimiter)
    .some((place) => existsSync(join(place, commandOrFile)));
}

/**
 * Runs a command to its end and returns its standard output, trimmed. Both outputs are appended to the log.
 * @throws {CommandFailure} when it cannot be started, ends with another code than 0, or takes too long
 */
export async function run(file: string, args: readonly string[], options: CommandOptions): Promise<string> {
  mkdirSync(logsDir, { recursive: true });
  const logFile = join(logsDir, `${options.log}.log`);
  rotate(logFile);
  const command = [file, ...args].join(" ");
  // Written at once: a full disk is this command's failure, and whoever gets a failure may end this process.
  const log = openSync(logFile, "a", 0o600);
  const last: string[] = [];
  try {
    writeSync(log, `$ ${command}\n`);
    const child = execa(file, args, {
      cwd: options.cwd,
      env: { PATH: searchPath(), ...options.env },
      input: options.input ?? "",
      timeout: options.timeout,
      reject: false,
      all: true,
      stripFinalNewline: true,
    });
    for await (const printed of child.iterable({ from: "all" })) {
      const line = options.translate ? options.translate(printed) : printed;
      if (line === undefined) continue;
      writeSync(log, `${line}\n`);
      last.push(line);
      if (last.length > LINES_SHOWN) last.shift();
      if (line.trim()) options.report?.(line);
    }
    const result = await child;
    if (result.failed) {
      const reason = result.timedOut
        ? `no end after ${options.timeout} ms`
        : result.signal
          ? `ended by ${result.signal}`
          : result.exitCode === undefined
            ? (result.originalMessage ?? "could not be started")
            : `exit code ${result.exitCode}`;
      throw new CommandFailure(command, reason, last, logFile);
    }
    return result.stdout;
  } finally {
    closeSync(log);
  }
}
