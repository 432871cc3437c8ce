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
import { ROOT } from "../operations/events/stack-events";
import type { DeploymentState } from "../operations/stack/pending-creates";
import { projectDir, type StackFile } from "../stacks/stack-file";
import { hasSecrets, withoutSalt } from "../stacks/stack-text";
import { run } from "./command";
import { stackEnvironment } from "./environment";
import { importedDigests } from "./images/containerd";
import { passphraseFile, pulumiDir, stateDir } from "./paths";
import { deployedText, isRehearsal } from "./settings";
import type { Toolchain } from "./toolchain";

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

/** The same of a platform: with its own settings, or those of its rehearsal and the images that the cluster has. */
export async function openPlatform(file: StackFile, tools: Toolchain): Promise<Stack> {
  const digests = isRehearsal(file) ? await importedDigests() : undefined;
  return openStack(
    file,
    deployedText(file, (image) => digests?.get(image)),
    tools,
  );
}

/** The state of a stack in the file backend. */
export function stateFile({ project, file }: Pick<Stack, "project" | "file">): string {
  return join(stateDir, ".pulumi", "stacks", project, `${file.stack}.json`);
}

/** The name in Pulumi.yaml. */
export function projectName(): string {
  return parse(readFileSync(projectFile, "utf8")).name;
}

/** What the last run left; nothing before the first one. */
export function stateOf(file: StackFile): DeploymentState {
  const path = stateFile({ project: projectName(), file });
  return existsSync(path) ? (JSON.parse(readFileSync(path, "utf8")).checkpoint.latest ?? {}) : {};
}

/** Outputs of the last run; none before the first one. */
export function lastOutputs(file: StackFile): Record<string, unknown> {
  return stateOf(file).resources?.find(({ type }) => type === ROOT)?.outputs ?? {};
}

/** Which stack, and with which settings; see {@link configFile}. */
export const stackArguments = (stack: Stack, folder?: string): string[] => [
  "--stack",
  stack.file.stack,
  "--config-file",
  configFile(stack, folder),
];

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
function configFile({ file, text }: Stack, folder = pulumiDir): string {
  const path = join(folder, `Pulumi.${file.stack}.yaml`);
  writeFileSync(path, hasSecrets(text) ? text : withoutSalt(text), { mode: 0o600 });
  return path;
}

/**
 * Takes the salt out of the checkout again that Pulumi has put there when it was run by hand; the state has
 * it. A file with secrets in it keeps its salt, for they are lost without.
 */
export function removeSalt({ path, text }: StackFile): void {
  if (!hasSecrets(text) && withoutSalt(text) !== text) writeFileSync(path, withoutSalt(text));
}
