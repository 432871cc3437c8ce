import type { Plan } from "../../model/plan";
import { planOf } from "../../stacks/plan";
import { readStackFile, settingsIn } from "../../stacks/stack-file";
import { editStackText, readStackText } from "../../stacks/stack-text";

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
  const sorted = Object.fromEntries(Object.entries(digests).sort(([a], [b]) => a.localeCompare(b)));
  return editStackText(text, [{ path: ["config", IMAGES, "digests"], value: sorted }]);
}

/**
 * What of a stack file decides about what is built: without the salt, which Pulumi writes by itself, and without the
 * digests where a promotion is about to write them. Pure.
 */
export function normalizedStackFile(text: string, { digests }: { digests: boolean }): unknown {
  const { encryptionsalt: _, config, ...values } = readStackText(text);
  const settings = { ...(config as object) } as Record<string, unknown>;
  const images = settings[IMAGES];
  if (!digests && typeof images === "object" && images !== null) {
    const { digests: _, ...rest } = images as Record<string, unknown>;
    if (Object.keys(rest).length > 0) settings[IMAGES] = rest;
    else delete settings[IMAGES];
  }
  return { ...values, config: settings };
}
