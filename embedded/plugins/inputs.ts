import type { CheckFailure } from "@pulumi/pulumi/provider/index.js";
import { hasSecret, hasUnknown, type Properties, reveal } from "./wire";

/** The way out, for whatever these plugins do not have. */
export const REMEDY = "use a network where Pulumi's own plugin can be downloaded";

/** One input of a resource: required, unless it is optional or has a default. */
export interface Field extends Rule {
  isOptional?: true;
  default?: unknown;
  /** Whether it only tells when the resource expires. A change of any other input generates it anew. */
  isForExpiry?: true;
}

interface Rule {
  /** What it must be, as a message says it. */
  must: string;
  allows(value: unknown): boolean;
}

export const boolean: Rule = { must: "be true or false", allows: (value) => typeof value === "boolean" };

/** A whole number; both limits are allowed. */
export const integer = (least: number, most = Number.MAX_SAFE_INTEGER): Rule => ({
  must: `be a whole number from ${least} to ${most}`,
  allows: (value) => Number.isSafeInteger(value) && Number(value) >= least && Number(value) <= most,
});

/** The only value there is here, though the official plugin knows others. As a default it is in the outputs. */
export const only = (value: unknown): Rule & { default: unknown } => ({
  default: value,
  must: `be ${JSON.stringify(value)} (else ${REMEDY})`,
  allows: (other) => other === value,
});

export const listOf = (what: string, allows: (item: string) => boolean): Rule => ({
  must: `be a list of ${what}`,
  allows: (value) => Array.isArray(value) && value.every((item) => typeof item === "string" && allows(item)),
});

/** Text in PEM format that `parse` does not throw at. */
export const pemOf = (what: string, parse: (pem: string) => unknown): Rule => ({
  must: `be the PEM of ${what}`,
  allows(value) {
    try {
      parse(String(value));
      return true;
    } catch {
      return false;
    }
  },
});

/** Everything that is wrong with the inputs, each for itself. What is unknown is left to the update. */
export function failuresOf(fields: Readonly<Record<string, Field>>, inputs: Properties): CheckFailure[] {
  const unsupported = Object.keys(inputs).filter((name) => !(name in fields));
  const refusal = `is no input of this plugin, which has ${Object.keys(fields).join(", ")}; ${REMEDY}`;
  return [
    ...unsupported.map((name) => failureOf(name, inputs[name], refusal)),
    ...Object.entries(fields).flatMap(([name, field]) => {
      const reason = reasonOf(field, inputs[name] ?? field.default);
      return reason ? [failureOf(name, inputs[name], reason)] : [];
    }),
  ];
}

function reasonOf({ must, allows, isOptional }: Field, input: unknown): string | undefined {
  if (input === undefined) return isOptional ? undefined : `is required, and must ${must}`;
  return hasUnknown(input) || allows(reveal(input)) ? undefined : `must ${must}`;
}

/** The engine prints the value of a property that it is told of, even of a secret one: such a failure has none. */
function failureOf(name: string, input: unknown, reason: string): CheckFailure {
  const isPrivate = hasSecret(input) || name.endsWith("Pem");
  return isPrivate ? { property: "", reason: `${name} ${reason}` } : { property: name, reason };
}
