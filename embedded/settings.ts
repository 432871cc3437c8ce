import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseDocument } from "yaml";
import { check } from "../components/check";
import type { Plan } from "../components/plan";
import { formatProblems, type Problem } from "../components/problems";
import { parseSettings } from "../components/settings";
import { catalogs, planOf } from "../platforms";
import { clusterName } from "./cluster/layout";
import { UserError } from "./errors";
import { projectDir } from "./paths";

const PREFIX = "platform:";

/** A stack's file: Pulumi.<stack>.yaml. */
export interface StackFile {
  stack: string;
  path: string;
  text: string;
}

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

/**
 * What the program will build from this file, before anything is installed or started for it. The program
 * itself checks the same again, and what only it can see.
 * @throws {UserError} with every problem of the settings at once, or when the stack belongs to another cluster
 */
export function checkedPlan(file: StackFile): Plan {
  const parsed = parseSettings(valuesOf(file), catalogs);
  if ("problems" in parsed) throw refusal(file, parsed.problems);
  const plan = planOf(parsed.settings);
  const problems = check(plan);
  if (problems.length > 0) throw refusal(file, problems);
  if (plan.context !== clusterName) {
    throw new UserError(
      `stack ${file.stack} belongs to the cluster of context "${plan.context}", not to the embedded one`,
      `deploy it with: pulumi up --stack ${file.stack}`,
    );
  }
  return plan;
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
  const config: Record<string, unknown> = document.toJS()?.config ?? {};
  return Object.fromEntries(
    Object.entries(config).flatMap(([key, value]) =>
      key.startsWith(PREFIX) ? [[key.slice(PREFIX.length), plain(value)]] : [],
    ),
  );
}

/** Pulumi writes a number or a truth value as text; see `components/config.ts`. */
function plain(value: unknown): unknown {
  if (typeof value !== "string") return value;
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}

/** Whether there are secrets in the file, which only the passphrase that belongs to its salt can open. */
export function hasSecrets(text: string): boolean {
  return /^\s*(- )?secure:/m.test(text);
}

/** A stack file without the salt that Pulumi adds to it. */
export function withoutSalt(text: string): string {
  return text.replace(/^encryptionsalt:.*\n?/m, "");
}
