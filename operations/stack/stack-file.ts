import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { isMap, parseDocument } from "yaml";
import type { Plan } from "../../components/plan";
import { formatProblems } from "../../components/problems";
import { parseSettings } from "../../components/settings";
import { platformValues } from "../../components/values";
import { catalogs, planOf } from "../../platforms";
import { UserError } from "../errors";

/** Where the program is. */
export const projectDir = join(import.meta.dirname, "..", "..");

const IMAGES = "platform:images";

/** An environment as Pulumi.<stack>.yaml describes it. */
export interface Stack {
  name: string;
  /** Of its file. */
  path: string;
  text: string;
  /** Name of its catalog. */
  catalog: string;
  plan: Plan;
  /** `platform:images.digests`, by the last part of an image's name. */
  digests: Readonly<Record<string, string>>;
}

/**
 * @param folder where the stack files are
 * @throws {UserError} when there is no such stack, or its settings are wrong
 */
export function readStack(name: string, folder = projectDir): Stack {
  const path = join(folder, fileOf(name));
  if (!existsSync(path)) {
    const stacks = readdirSync(folder).flatMap((file) => /^Pulumi\.(.+)\.yaml$/.exec(file)?.[1] ?? []);
    throw new UserError(`there is no stack "${name}"`, `take one of: ${stacks.sort().join(", ")}`);
  }
  const text = readFileSync(path, "utf8");
  const parsed = parseSettings(valuesOf(text, fileOf(name)), catalogs);
  if ("problems" in parsed) {
    const [first = "", ...rest] = formatProblems(name, parsed.problems).split("\n");
    throw new UserError(first, rest.join("\n").trimStart());
  }
  const { settings } = parsed;
  const { catalog, images } = settings;
  return { name, path, text, catalog, plan: planOf(settings), digests: images.digests };
}

export const fileOf = (stack: string): string => `Pulumi.${stack}.yaml`;

/** The same file with these digests, its comments and everything else as they were. Pure. */
export function withDigests(text: string, digests: Readonly<Record<string, string>>): string {
  const document = parseDocument(text);
  const images = document.getIn(["config", IMAGES], true);
  // Written by hand with nothing in it, it is no map yet.
  if (!isMap(images)) document.setIn(["config", IMAGES], document.createNode({}));
  const sorted = Object.fromEntries(Object.entries(digests).sort(([a], [b]) => a.localeCompare(b)));
  document.setIn(["config", IMAGES, "digests"], document.createNode(sorted));
  // As it was written: long lines in one, and braces with or without spaces.
  return document.toString({ lineWidth: 0, flowCollectionPadding: /\{ /.test(text) });
}

/**
 * What of a stack file decides about what is built: without the salt, which Pulumi writes by itself, and without the
 * digests where a promotion is about to write them. Pure.
 */
export function essence(text: string, { digests }: { digests: boolean }): unknown {
  const document = parseDocument(text);
  document.delete("encryptionsalt");
  if (!digests) {
    document.deleteIn(["config", IMAGES, "digests"]);
    const images = document.getIn(["config", IMAGES], true);
    if (isMap(images) && images.items.length === 0) document.deleteIn(["config", IMAGES]);
  }
  return document.toJS();
}

/** @throws {UserError} when it is not YAML */
function valuesOf(text: string, file: string): Record<string, unknown> {
  const document = parseDocument(text);
  const [error] = document.errors;
  if (error) throw new UserError(`${file} is not YAML: ${error.message.trimEnd()}`, "mend that line");
  return platformValues(document.toJS()?.config ?? {});
}
