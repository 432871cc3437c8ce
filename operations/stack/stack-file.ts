import { isMap, parseDocument } from "yaml";
import type { Plan } from "../../model/plan";
import { planOf } from "../../stacks/plan";
import { readStackFile, settingsIn } from "../../stacks/stack-file";

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
export function readStack(name: string, folder?: string): Stack {
  const file = readStackFile(name, folder);
  const settings = settingsIn(file);
  const { catalog, images } = settings;
  return { name, path: file.path, text: file.text, catalog, plan: planOf(settings), digests: images.digests };
}

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
