import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { formatProblems, type Problem } from "../model/problems";
import { parseSettings, type Settings } from "../model/settings";
import { installsIstio } from "../model/settings/istio";
import { platformValues } from "../model/settings/platform-values";
import { UserError } from "../model/user-error";
import { catalogs } from "../platforms/index";
import { readStackText, unquoted } from "./stack-text";

/** Where the program and its stacks' files are. */
export const projectDir = join(import.meta.dirname, "..");

/** A stack's file: Pulumi.<stack>.yaml. */
export interface StackFile {
  stack: string;
  path: string;
  text: string;
}

export const fileOf = (stack: string): string => `Pulumi.${stack}.yaml`;

/** @throws {UserError} when there is none, naming those that there are */
export function readStackFile(stack: string, folder = projectDir): StackFile {
  const path = join(folder, fileOf(stack));
  if (!existsSync(path)) {
    const stacks = readdirSync(folder).flatMap((name) => /^Pulumi\.(.+)\.yaml$/.exec(name)?.[1] ?? []);
    throw new UserError(
      `there is no stack "${stack}": ${fileOf(stack)} does not exist`,
      `take one of: ${stacks.sort().join(", ")}`,
    );
  }
  return { stack, path, text: readFileSync(path, "utf8") };
}

/**
 * The `platform:` keys without the prefix, as Pulumi hands them to the program.
 * @throws {UserError} when the file is not YAML
 */
export function valuesOf({ path, text }: StackFile): Record<string, unknown> {
  try {
    return platformValues((readStackText(text).config ?? {}) as Record<string, unknown>);
  } catch (error) {
    throw new UserError(`${path} is not YAML: ${(error as Error).message}`, "mend that line");
  }
}

/**
 * The settings of a platform.
 * @throws {UserError} with every problem of the settings at once
 */
export function settingsIn(file: StackFile, values = valuesOf(file)): Settings {
  if (installsIstio(values)) {
    throw new UserError(`stack ${file.stack} installs Istio, and is no platform`, "name a platform's stack");
  }
  const parsed = parseSettings(values, catalogs);
  if ("problems" in parsed) throw refusal(file, parsed.problems);
  const problems = textsWithoutQuotes(file, parsed.settings);
  if (problems.length > 0) throw refusal(file, problems);
  return parsed.settings;
}

/** What Pulumi hands over as 7 was perhaps 07: where a text is asked for, only the file can tell. */
function textsWithoutQuotes({ text }: StackFile, settings: Settings): Problem[] {
  return unquoted(text).flatMap(({ path: [key = "", ...rest], source }) => {
    const path = [key.replace(/^platform:/, ""), ...rest];
    const value = path.reduce<unknown>((part, name) => Object(part)[name], settings);
    if (typeof value !== "string") return [];
    const at = `platform:${path.join(".")}`;
    return [{ at, problem: `${source} is ${value} to Pulumi`, remedy: `write it in quotes: "${source}"` }];
  });
}

/** A first line with their number, then one line a problem. */
export function refusal({ stack }: StackFile, problems: readonly Problem[]): UserError {
  const [first = "", ...rest] = formatProblems(stack, problems).split("\n");
  return new UserError(first, rest.join("\n").trimStart());
}
