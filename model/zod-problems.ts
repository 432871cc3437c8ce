import { z } from "zod";
import type { Problem } from "./problems";

/** What is checked, in the words of a problem. */
export interface Source {
  /** Before the path of each place. */
  prefix: string;
  /** What an unknown key is none of. */
  noun: string;
  /** What to do about a value that is missing. */
  add: (at: string) => string;
  /** Where a wrong value stands. */
  file: string;
}

/** What zod has found, as a person has to hear it. Pure. */
export function problemsIn(error: z.ZodError | undefined, schema: z.ZodObject, source: Source): Problem[] {
  return error?.issues.flatMap((issue) => problemsOf(issue, schema, source)) ?? [];
}

function problemsOf(issue: z.core.$ZodIssue, schema: z.ZodObject, source: Source): Problem[] {
  const { prefix, noun, file, add } = source;
  const at = [prefix, issue.path.join(".")].join("");
  if (issue.code === "invalid_union") {
    const meant = issue.errors.find((errors) => errors.every(isInside));
    if (meant) {
      return meant.flatMap((inner) =>
        problemsOf({ ...inner, path: [...issue.path, ...inner.path] }, schema, source),
      );
    }
  }
  if (issue.code === "unrecognized_keys") {
    const known = Object.keys(schemaAt(issue, schema)?.shape ?? {}).join(", ");
    return issue.keys.map((key) => ({
      at: `${at}${issue.path.length ? "." : ""}${key}`,
      problem: `no such ${noun}`,
      remedy: known ? `remove it, or write one of: ${known}` : "remove it",
    }));
  }
  if (issue.code === "invalid_key") {
    const key = JSON.stringify(issue.path.at(-1));
    const why = issue.issues.map(({ message }) => message).join(", and ");
    return [{ at, problem: `${key}: ${why}`, remedy: `correct it in ${file}` }];
  }
  if (issue.input === undefined) return [{ at, problem: "is not set", remedy: add(at) }];
  const value = JSON.stringify(issue.input) ?? String(issue.input);
  const wantsQuotes =
    issue.code === "invalid_type" && issue.expected === "string" && typeof issue.input === "number";
  const remedy = `${wantsQuotes ? "write it in quotes" : "correct it"} in ${file}`;
  return [{ at, problem: `${value}: ${issue.message}`, remedy }];
}

/** Whether it is about something in the value, rather than about its type. */
const isInside = (issue: z.core.$ZodIssue) => issue.path.length > 0 || issue.code === "unrecognized_keys";

/** The object schema that an issue is about: below defaults and optionals, and of several the one that its value is of. */
function schemaAt({ path, input }: z.core.$ZodIssue, root: z.ZodObject): z.ZodObject | undefined {
  let schemas: unknown[] = [root];
  for (const key of path)
    schemas = schemas.flatMap(alternatives).flatMap((schema) => below(schema, key) ?? []);
  const objects = schemas.flatMap(alternatives).filter((schema) => schema instanceof z.ZodObject);
  return (
    objects.find(
      ({ shape }) => shape.kind instanceof z.ZodType && shape.kind.safeParse(kindOf(input)).success,
    ) ?? objects[0]
  );
}

const kindOf = (input: unknown) => (input as { kind?: unknown } | undefined)?.kind;

function alternatives(schema: unknown): unknown[] {
  if (schema instanceof z.ZodPrefault || schema instanceof z.ZodDefault || schema instanceof z.ZodOptional) {
    return alternatives(schema.unwrap());
  }
  return schema instanceof z.ZodUnion ? schema.options.flatMap(alternatives) : [schema];
}

function below(schema: unknown, key: PropertyKey): unknown {
  if (schema instanceof z.ZodRecord) return schema.valueType;
  if (schema instanceof z.ZodArray) return schema.element;
  return schema instanceof z.ZodObject ? schema.shape[String(key)] : undefined;
}
