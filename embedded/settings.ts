import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseDocument } from "yaml";
import { check } from "../components/checks";
import { definedOnly, type Plan } from "../components/plan";
import { formatProblems, type Problem } from "../components/problems";
import { parseSettings } from "../components/settings";
import { platformValues } from "../components/values";
import { shortName } from "../components/versions";
import { catalogs, planOf } from "../platforms";
import { clusterName } from "./cluster/layout";
import { UserError } from "./errors";
import { namesOf, wantedImages } from "./images/wanted";
import { projectDir } from "./paths";
import { type Replacement, rehearsal, rehearsedText, withReplacements } from "./rehearsal";

/** A stack's file: Pulumi.<stack>.yaml. */
export interface StackFile {
  stack: string;
  path: string;
  text: string;
}

/** In the place of a digest that only the images on the cluster will tell. */
const UNKNOWN_DIGEST = `sha256:${"0".repeat(64)}`;

/**
 * @throws {UserError} when there is none, naming those that there are
 */
export function readStackFile(stack: string, folder = projectDir): StackFile {
  const path = join(folder, `Pulumi.${stack}.yaml`);
  if (!existsSync(path)) {
    const stacks = readdirSync(folder).flatMap((name) => /^Pulumi\.(.+)\.yaml$/.exec(name)?.[1] ?? []);
    throw new UserError(
      `there is no stack "${stack}": ${path} does not exist`,
      `take one of: ${stacks.sort().join(", ")}`,
    );
  }
  return { stack, path, text: readFileSync(path, "utf8") };
}

/** Whether the stack belongs to another cluster, so that the embedded one can only rehearse it. */
export function isRehearsal(file: StackFile): boolean {
  return valuesOf(file).context !== clusterName;
}

/**
 * What the program will build from this file on the embedded cluster, before anything is installed or started for
 * it. The program itself checks the same again, and what only it can see.
 * @throws {UserError} with every problem of the settings at once
 */
export function checkedPlan(file: StackFile): Plan {
  const replacements = replacementsIn(file, () => UNKNOWN_DIGEST);
  const plan = planFrom(file, withReplacements(valuesOf(file), replacements));
  const problems = check(plan);
  if (problems.length > 0) throw refusal(file, problems);
  return plan;
}

/**
 * What Pulumi gets in the place of the stack's file: the same, or its rehearsal.
 * @param digestOf the digest of an image that the cluster has, by its name with a tag
 */
export function deployedText(file: StackFile, digestOf: (image: string) => string | undefined): string {
  return isRehearsal(file) ? rehearsedText(file.text, replacementsIn(file, digestOf)) : file.text;
}

function replacementsIn(file: StackFile, digestOf: (image: string) => string | undefined): Replacement[] {
  if (!isRehearsal(file)) return [];
  const values = valuesOf(file);
  const digests = namesOf(wantedImages(planFrom(file, values))).map((name) => [
    shortName(name),
    digestOf(name),
  ]);
  return rehearsal(values, {
    stack: file.stack,
    context: clusterName,
    digests: definedOnly(Object.fromEntries(digests)),
  });
}

function planFrom(file: StackFile, values: Record<string, unknown>): Plan {
  const parsed = parseSettings(values, catalogs);
  if ("problems" in parsed) throw refusal(file, parsed.problems);
  return planOf(parsed.settings);
}

/** A first line with their number, then one line a problem. */
function refusal({ stack }: StackFile, problems: Problem[]): UserError {
  const [first = "", ...rest] = formatProblems(stack, problems).split("\n");
  return new UserError(first, rest.join("\n").trimStart());
}

/** The `platform:` keys without the prefix, as Pulumi hands them to the program. */
export function valuesOf({ path, text }: StackFile): Record<string, unknown> {
  const document = parseDocument(text);
  const [error] = document.errors;
  if (error) throw new UserError(`${path} is not YAML: ${error.message.trimEnd()}`, "mend that line");
  return platformValues(document.toJS()?.config ?? {});
}

/** Whether there are secrets in the file, which only the passphrase that belongs to its salt can open. */
export function hasSecrets(text: string): boolean {
  return /^\s*(- )?secure:/m.test(text);
}

/** A stack file without the salt that Pulumi adds to it. */
export function withoutSalt(text: string): string {
  return text.replace(/^encryptionsalt:.*\n?/m, "");
}
