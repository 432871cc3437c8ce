import { z } from "zod";
import type { Problem } from "../problems";

/**
 * The values as the schema means them. Pulumi has a value's type by its looks: `pulumi config set --path … 20` writes
 * a number and `0.04` a text, and what stands at the top of the configuration is a text always. Only what stays the
 * same in either type is changed; the schema judges the rest. Pure.
 */
export function coerced(schema: unknown, value: unknown): unknown {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault) {
    return coerced(schema.unwrap(), value);
  }
  if (schema instanceof z.ZodString) {
    return typeof value === "boolean" || Number.isSafeInteger(value) ? String(value) : value;
  }
  if (schema instanceof z.ZodUnion) {
    const options = schema.options.map((option) => ({ option, one: coerced(option, value) }));
    return options.find(({ option, one }) => (option as z.ZodType).safeParse(one).success)?.one ?? value;
  }
  if (typeof value === "string") {
    if (schema instanceof z.ZodBoolean) return value === "true" || (value === "false" ? false : value);
    const isNumber = schema instanceof z.ZodNumber || schema instanceof z.ZodLiteral;
    const matches = isNumber && /^-?(?:0|[1-9]\d*)(?:\.\d+)?$/.test(value);
    return matches && !(schema instanceof z.ZodLiteral && schema.values.has(value)) ? Number(value) : value;
  }
  if (schema instanceof z.ZodArray && Array.isArray(value)) {
    return value.map((one) => coerced(schema.element, one));
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  const schemaOf = (key: string) => {
    if (schema instanceof z.ZodObject) return schema.shape[key];
    return schema instanceof z.ZodRecord ? schema.valueType : undefined;
  };
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, coerced(schemaOf(key), one)]));
}

/** What Pulumi makes of a date without quotes; see `stacks/yaml-scalars.ts`. */
const DATE = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d+)? [-+]\d{4} \S+$/;

/** Dates are never meant: no setting is one. Pure. */
export function dateProblems(value: unknown, path: readonly string[] = []): Problem[] {
  if (typeof value === "object" && value !== null) {
    return Object.entries(value).flatMap(([key, one]) => dateProblems(one, [...path, key]));
  }
  if (typeof value !== "string" || !DATE.test(value)) return [];
  return [
    {
      at: `platform:${path.join(".")}`,
      problem: `${JSON.stringify(value)} is what Pulumi makes of a date without quotes`,
      remedy: "write it in quotes in the stack's file",
    },
  ];
}
