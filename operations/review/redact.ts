import { type Inputs, isObject } from "./object";

/** In the place of every value that may be secret. */
export const HIDDEN = "[secret]";

/** Pulumi writes a secret as an object with this key. */
const SIGNATURE = "4dabf18193072939515e22adb298388d";

/** Names of fields and variables whose values must not be in a comment, whatever Pulumi thinks of them. */
const SECRET_NAME = /pass(word|phrase|wd)|secret|token|credential|private_?key|api_?key|access_?key/i;

/** Fields that name a secret and do not hold it. */
const NAMES_ONLY = /^(secretName|secretRef|secretKeyRef|secret|credentialName|serviceAccountToken)$/;

/**
 * The inputs of a resource without anything secret: Pulumi's own mask covers what the program marked; this covers
 * what it forgot to.
 */
export function redacted(inputs: Record<string, unknown>, kind: string): Inputs {
  const clean = withoutSecrets(inputs) as Record<string, unknown>;
  if (kind !== "Secret") return clean;
  for (const field of ["data", "stringData"]) {
    if (field in clean) clean[field] = hideAll(clean[field]);
  }
  return clean;
}

function withoutSecrets(value: unknown, name = ""): unknown {
  if (typeof value === "string") {
    return SECRET_NAME.test(name) && !NAMES_ONLY.test(name) ? HIDDEN : hideInText(value);
  }
  if (Array.isArray(value)) return value.map((entry) => withoutSecrets(entry, name));
  if (!isObject(value)) return value;
  if (SIGNATURE in value) return HIDDEN;
  const entries = Object.entries(value).map(([key, entry]) => [key, withoutSecrets(entry, key)]);
  // A variable of a container: its name is beside its value.
  const isSecret = typeof value.name === "string" && SECRET_NAME.test(value.name);
  return {
    ...Object.fromEntries(entries),
    ...(isSecret && typeof value.value === "string" && { value: HIDDEN }),
  };
}

function hideAll(value: unknown): unknown {
  return isObject(value) ? Object.fromEntries(Object.keys(value).map((key) => [key, HIDDEN])) : HIDDEN;
}

/** What is given to a secret's name, as it is in front of `:`, `=` or a quotation mark; a reference such as `$TOKEN` is none. */
const GIVEN =
  /((?:pass(?:word|phrase|wd)|pwd|secret|token|credentials?|private[_-]?key|api[_-]?key|access[_-]?key)(?:\\?["'])?\s*[:=]\s*)(?:(\\?["'])(?!\$)(?:(?!\2)[^\n])+\2?|[^\s"'$\\][^\s"'$]*)/gi;

/** In the order in which they are replaced: what stands around the secret is kept. */
const PATTERNS: readonly [RegExp, string][] = [
  // One that is cut off has no end.
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g, HIDDEN],
  [/(\w:\/\/[^\s:/@]*:)[^\s@]+@/g, `$1${HIDDEN}@`],
  [/(https?:\/\/)[^\s:/@]+@/gi, `$1${HIDDEN}@`],
  [/\beyJ[\w-]{5,}\.[\w-]+\.[\w-]*/g, HIDDEN],
  [/(authorization["']?\s*[:=]\s*["']?(?:\w+\s+)?)[^\s"',]+/gi, `$1${HIDDEN}`],
  [/(\bbearer\s+)[\w.~+/=-]{8,}/gi, `$1${HIDDEN}`],
  [/(--[\w-]*(?:password|passphrase|passwd|token|api-?key|access-?key)\s+)[^\s-]\S*/gi, `$1${HIDDEN}`],
  [GIVEN, `$1$2${HIDDEN}$2`],
];

/** Text of any origin without the secrets that can be told by what is around them: a message, a configuration file. */
export function hideInText(text: string): string {
  return PATTERNS.reduce((clean, [pattern, replacement]) => clean.replace(pattern, replacement), text);
}
