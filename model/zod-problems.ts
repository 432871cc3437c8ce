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
  if (issue.code === "unrecognized_keys") {
    const known = Object.keys(schemaAt(issue.path, schema)?.shape ?? {}).join(", ");
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

/** The object schema that a path leads to, below its defaults and optionals. */
function schemaAt(path: readonly PropertyKey[], root: z.ZodObject): z.ZodObject | undefined {
  let schema: unknown = root;
  for (const key of [...path, undefined]) {
    while (
      schema instanceof z.ZodPrefault ||
      schema instanceof z.ZodDefault ||
      schema instanceof z.ZodOptional
    ) {
      schema = schema.unwrap();
    }
    if (key === undefined) break;
    if (schema instanceof z.ZodRecord) schema = schema.valueType;
    else if (schema instanceof z.ZodArray) schema = schema.element;
    else if (schema instanceof z.ZodObject) schema = schema.shape[String(key)];
  }
  return schema instanceof z.ZodObject ? schema : undefined;
}
