import { containersOf, type KubeObject, placeOf } from "./objects";
import type { ObjectRule, Violation } from "./rule";

/** Words that the name of a secret ends with. */
const WORDS =
  "password|passwd|passphrase|secret|token|(?:api|access|secret|private|signing|encryption)[-_]?key";

/** A variable whose name says that its value is a secret. */
const SECRET_NAME = new RegExp(`(?:${WORDS})$`, "i");

/** The same in a line of a configuration file: `db.password = hunter2`, `"token": "…"`, `requirepass …`. */
const SECRET_LINE = new RegExp(
  `^[ \\t]*["']?([\\w.-]*(?:${WORDS}))["']?[ \\t]*[:=][ \\t]*["']?([^\\s"',;#]+)|^[ \\t]*(requirepass)[ \\t]+(\\S+)`,
  "gim",
);

/** Values that are secrets whatever they are called, each with what it is. */
const SECRET_VALUES: readonly [RegExp, string][] = [
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----/, "a private key"],
  [/\beyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]+/, "a signed token"],
  [/\b(?:AKIA|ASIA)[0-9A-Z]{16}\b/, "an AWS access key"],
  [/\bgh[pousr]_[A-Za-z0-9]{30,}/, "a GitHub token"],
  [/\b[sr]k_live_[A-Za-z0-9]{10,}/, "a payment provider's live key"],
];

/** `scheme://user:password@host`. */
const URL_WITH_PASSWORD = /\b[a-z][a-z0-9+.-]*:\/\/[^\s:@/]*:([^\s@/]+)@/gi;

const REMEDY = "put it into a Secret and read it by secretKeyRef";

/** What is in a manifest or a ConfigMap, everybody reads who may look at it. The messages never show it. */
export const noLiteralSecrets: ObjectRule = {
  name: "no-literal-secrets",
  description: "No secret stands in the environment, the arguments or the configuration of a container.",
  violations: (object) => [...containerViolations(object), ...configMapViolations(object)],
};

function containerViolations(object: KubeObject): Violation[] {
  return containersOf(object).flatMap(({ container: { env = [], command = [], args = [] }, at }) => [
    ...env.flatMap(({ name = "", value = "" }) => {
      const found = SECRET_NAME.test(name) && isLiteral(value) ? "a literal secret" : secretIn(value);
      return found ? [{ at, problem: `${name} holds ${found}`, remedy: REMEDY }] : [];
    }),
    ...[...command, ...args].flatMap((argument) => {
      const found = secretIn(argument);
      return found ? [{ at, problem: `an argument holds ${found}`, remedy: REMEDY }] : [];
    }),
  ]);
}

function configMapViolations(object: KubeObject): Violation[] {
  if (object.kind !== "ConfigMap") return [];
  return Object.entries<string>(object.data ?? {}).flatMap(([key, value]) => {
    const found =
      SECRET_NAME.test(key) && isLiteral(value)
        ? "a literal secret"
        : (secretIn(value) ?? secretLineIn(value));
    return found
      ? [{ at: placeOf(object), problem: `${key} holds ${found}`, remedy: "put it into a Secret" }]
      : [];
  });
}

function secretIn(text: string): string | undefined {
  for (const [, password = ""] of text.matchAll(URL_WITH_PASSWORD)) {
    if (isLiteral(password)) return "a URL with a password";
  }
  return SECRET_VALUES.find(([pattern]) => pattern.test(text))?.[1];
}

function secretLineIn(text: string): string | undefined {
  for (const [, name, value, command, argument] of text.matchAll(SECRET_LINE)) {
    if (isLiteral(value ?? argument ?? "")) return `a literal secret (${name ?? command})`;
  }
  return undefined;
}

/** Not empty, no reference to a variable or a template, and no path of a file that holds the secret. */
function isLiteral(value: string): boolean {
  return value !== "" && !/^(\$|<|\{\{|%|\/)/.test(value);
}
