import { randomBytes } from "node:crypto";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { UserError } from "../model/user-error";
import { projectDir, type StackFile } from "../stacks/stack-file";
import { CommandFailure, type Report, run } from "./command";
import { stackEnvironment } from "./environment";
import { passphraseFile, pulumiDir, stateDir } from "./paths";
import { hasSecrets, withoutSalt } from "./settings";
import { ROOT, StackEvents } from "./stack-events";
import type { Toolchain } from "./toolchain";
import { WaitingReport } from "./waiting";

/** Marks the Pulumi processes that a command of ours started, with the process id of that command. */
export const STARTED_BY = "MICROSERVICE_PLATFORM_STARTED_BY";

const projectFile = join(projectDir, "Pulumi.yaml");

/** One stack of this checkout in the embedded backend. */
export interface Stack {
  file: StackFile;
  /** What Pulumi gets in the place of the file; see {@link import("./settings").deployedText}. */
  text: string;
  /** Name in Pulumi.yaml. */
  project: string;
  tools: Toolchain;
}

/** What a run came to. */
export interface Deployment {
  outputs: Record<string, unknown>;
  /** Number of resources by what happened to them. */
  changes: Record<string, number>;
}

/** Makes the passphrase, the backend and the stack in it, if they do not exist; leaves the checkout clean. */
export async function openStack(file: StackFile, text: string, tools: Toolchain): Promise<Stack> {
  const stack = { file, text, project: projectName(), tools };
  mkdirSync(stateDir, { recursive: true, mode: 0o700 });
  if (!existsSync(passphraseFile)) {
    writeFileSync(passphraseFile, `${randomBytes(32).toString("base64url")}\n`, { mode: 0o600 });
  }
  if (!existsSync(stateFile(stack))) {
    // Elsewhere, because it writes the new salt into the stack's file; the state has it as well.
    const folder = mkdtempSync(join(pulumiDir, "init-"));
    try {
      copyFileSync(projectFile, join(folder, "Pulumi.yaml"));
      await pulumi(stack, ["stack", "init", file.stack, "--no-select", "--cwd", folder]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  }
  removeSalt(file);
  return stack;
}

/** The state of a stack in the file backend. */
export function stateFile({ project, file }: Pick<Stack, "project" | "file">): string {
  return join(stateDir, ".pulumi", "stacks", project, `${file.stack}.json`);
}

/** The name in Pulumi.yaml. */
export function projectName(): string {
  return parse(readFileSync(projectFile, "utf8")).name;
}

/** What the state tells of a stack, as far as it is read here. */
interface State {
  resources?: {
    type: string;
    protect?: boolean;
    inputs?: Record<string, unknown>;
    outputs?: Record<string, unknown>;
  }[];
  pending_operations?: unknown[];
}

/** What the last run left; nothing before the first one. */
export function stateOf(file: StackFile): State {
  const path = stateFile({ project: projectName(), file });
  return existsSync(path) ? (JSON.parse(readFileSync(path, "utf8")).checkpoint.latest ?? {}) : {};
}

/** Outputs of the last run; none before the first one. */
export function lastOutputs(file: StackFile): Record<string, unknown> {
  return stateOf(file).resources?.find(({ type }) => type === ROOT)?.outputs ?? {};
}

/**
 * `pulumi up`.
 * @throws {UserError} when the program refuses its settings; nothing was changed
 * @throws {CommandFailure} when a resource fails, with the cluster's reasons and Pulumi's diagnostics as its last lines
 */
export async function up(stack: Stack, report: Report): Promise<Deployment> {
  const { file, tools } = stack;
  const events = new StackEvents();
  const waiting = new WaitingReport(events.awaited, report);
  void waiting.run();
  const args = ["up", "--stack", file.stack, "--config-file", configFile(stack), "--yes", "--skip-preview"];
  try {
    await run(tools.path("pulumi"), [...args, "--json", "--color=never", "--non-interactive"], {
      log: "pulumi-up",
      cwd: projectDir,
      env: environmentOf(stack),
      translate: (line) => events.read(line),
      report,
    });
  } catch (error) {
    if (!(error instanceof CommandFailure)) throw error;
    throw explained(error, events, file, await waiting.reasons());
  } finally {
    waiting.stop();
  }
  return events;
}

/** A Pulumi command that answers with text. */
export function pulumi(stack: Stack, args: string[], input?: string): Promise<string> {
  const options = { log: "pulumi", cwd: projectDir, env: environmentOf(stack), input };
  return run(stack.tools.path("pulumi"), [...args, "--non-interactive"], options);
}

/** With the mark by which a later command finds what this one may leave behind. */
export function environmentOf({ tools }: Stack): Record<string, string | undefined> {
  return { ...stackEnvironment(tools), [STARTED_BY]: String(process.pid) };
}

/**
 * A file with the stack's text that Pulumi may write to: it would put the salt into the checkout. A salt that
 * came from another machine is left out, unless there are secrets that only it can open.
 */
export function configFile({ file, text }: Stack, folder = pulumiDir): string {
  const path = join(folder, `Pulumi.${file.stack}.yaml`);
  writeFileSync(path, hasSecrets(text) ? text : withoutSalt(text), { mode: 0o600 });
  return path;
}

/**
 * Takes the salt out of the checkout again that Pulumi has put there when somebody ran it by hand; the state has
 * it. A file with secrets in it keeps its salt, for they are lost without.
 */
export function removeSalt({ path, text }: StackFile): void {
  if (!hasSecrets(text) && withoutSalt(text) !== text) writeFileSync(path, withoutSalt(text));
}

/**
 * What a person can use of a failed run: its diagnostics instead of its last events.
 * @param reasons why workloads did not come up, which the diagnostics only say that they did not
 */
function explained(
  failure: CommandFailure,
  { errors }: StackEvents,
  file: StackFile,
  reasons: string[],
): Error {
  for (const error of errors) {
    const [first = "", ...rest] = error.slice(Math.max(0, error.search(REFUSAL))).split("\n");
    if (REFUSAL.test(first)) return new UserError(first, rest.filter(isProblem).join("\n").trimStart());
    if (error.includes("incorrect passphrase")) {
      return new UserError(
        `the secrets in ${file.path} were encrypted on another machine`,
        `set them again: remove encryptionsalt and every "secure:" entry, then pulumi config set --secret …`,
      );
    }
  }
  const { reason, lastLines, logFile } = failure;
  const said = errors.length > 0 ? errors.flatMap((error) => error.split("\n")) : lastLines;
  return new CommandFailure(
    `pulumi up, stack ${file.stack}`,
    reason,
    [...reasons, ...said.filter((line) => line.trim()), ...wayOnAfterConflict(errors, file)],
    logFile,
  );
}

/** What the provider says when an object's field was changed by another than this stack, and is now theirs. */
const CONFLICT = /apply conflict/;

function wayOnAfterConflict(errors: readonly string[], { stack }: StackFile): string[] {
  if (!errors.some((error) => CONFLICT.test(error))) return [];
  const command = `PULUMI_K8S_ENABLE_PATCH_FORCE=true make up STACK=${stack}`;
  return [`to take such fields back: ${command}; to leave them as they are: write the same into the program`];
}

/** The first line of the program's own list of problems; see `model/problems.ts`. */
const REFUSAL = /\d+ problems? in stack /;

/** Not the stack trace below the list. */
function isProblem(line: string): boolean {
  return line.trim() !== "" && !/^\s+at /.test(line);
}
