import { type Inputs, isObject } from "./object";

/** In the place of every value that may be secret. */
export const HIDDEN = "[secret]";

/** Pulumi writes a secret as an object with this key. */
const SIGNATURE = "4dabf18193072939515e22adb298388d";

/** Names of fields and variables whose values nobody should read in a comment, whatever Pulumi thinks of them. */
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

/** The password in a URL, a private key, and what a line of a configuration file gives to a secret name. */
export function hideInText(text: string): string {
  return text
    .replace(/(\w:\/\/[^\s:/@]*:)[^\s@]+@/g, `$1${HIDDEN}@`)
    .replace(/-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?-----END [A-Z ]*PRIVATE KEY-----/g, HIDDEN)
    .replace(/((?:password|passphrase|secret|token)["']?\s*[:=]\s*["']?)([^\s"'$]+)/gi, `$1${HIDDEN}`);
}
