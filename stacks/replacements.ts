import { editStackText, readStackText, secretsIn } from "./stack-text";

/** One setting that a stack has on another cluster than its own (rehearsal, glossary of README.md). */
export interface Replacement {
  /** Key without the prefix `platform:`. */
  setting: string;
  value: unknown;
  reason: string;
}

/** The settings with the replacements in them. */
export function withReplacements(
  values: Readonly<Record<string, unknown>>,
  replacements: readonly Replacement[],
): Record<string, unknown> {
  return { ...values, ...Object.fromEntries(replacements.map(({ setting, value }) => [setting, value])) };
}

/**
 * The text of a stack's file with the replacements in it, and without what only the passphrase of the real stack
 * opens: its encrypted values.
 */
export function replacedText(text: string, replacements: readonly Replacement[]): string {
  const { config = {}, ...others } = readStackText(text);
  const encryption = ["encryptionsalt", "encryptedkey", "secretsprovider"].filter((key) => key in others);
  return editStackText(text, [
    ...[...encryption.map((key) => [key]), ...secretsIn(config, ["config"])].map((path) => ({ path })),
    ...replacements.map(({ setting, value }) => ({ path: ["config", `platform:${setting}`], value })),
  ]);
}
