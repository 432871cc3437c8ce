import { z } from "zod";
import type { Catalog, ServiceEntry } from "../catalog";
import type { Problem } from "../problems";
import { coerced, dateProblems } from "./coerce";
import { type Settings, settingsSchema } from "./schema";

/** Either the settings with every default applied, or everything that is wrong with them. */
export type Parsed = { settings: Settings } | { problems: Problem[] };

/**
 * Checks and completes the settings of a stack.
 * @param values the `platform:` keys of the stack file, without the prefix, as plain values
 * @param catalogs every catalog there is, by name
 */
export function parseSettings(
  values: Record<string, unknown>,
  catalogs: Readonly<Record<string, Catalog>>,
): Parsed {
  const schema = settingsSchema.extend({ catalog: z.enum(Object.keys(catalogs)) });
  const result = schema.safeParse(coerced(schema, values), { reportInput: true });
  const problems = [
    ...problemsIn(result.error, settingsSchema),
    ...dateProblems(values),
    ...unknownNames(values, catalogs[String(values.catalog)]),
  ];
  return result.success && problems.length === 0 ? { settings: result.data } : { problems };
}

/** Values for what the catalog does not have would silently change nothing. */
function unknownNames(values: Record<string, unknown>, catalog: Catalog | undefined): Problem[] {
  if (!catalog) return [];
  const { mesh } = values as { mesh?: { faults?: unknown } };
  const volumes = (service: string) =>
    (values.services as Record<string, { volumes?: unknown } | undefined> | undefined)?.[service]?.volumes;
  return [
    ...unknownKeys("services", values.services, "service", Object.keys(catalog.services), catalog.name),
    ...unknownKeys("mesh.faults", mesh?.faults, "service", Object.keys(catalog.services), catalog.name),
    ...Object.entries(catalog.services).flatMap(([name, entry]) =>
      unknownKeys(`services.${name}.volumes`, volumes(name), "persistent volume", persistentIn(entry), name),
    ),
    ...unknownKeys(
      "configuration",
      values.configuration,
      "setting",
      Object.keys(catalog.configuration ?? {}),
      catalog.name,
    ),
  ];
}

const persistentIn = ({ volumes = {} }: ServiceEntry): string[] =>
  Object.keys(volumes).filter((path) => volumes[path]?.kind === "persistent");

function unknownKeys(at: string, given: unknown, what: string, known: string[], platform: string): Problem[] {
  if (typeof given !== "object" || given === null) return [];
  return Object.keys(given)
    .filter((name) => !known.includes(name))
    .map((name) => ({
      at: `platform:${at}.${name}`,
      problem: `there is no ${what} "${name}" in ${platform}`,
      remedy: known.length > 0 ? `write one of: ${known.join(", ")}` : "remove it",
    }));
}

/** What zod has found, as a person has to hear it. Pure. */
export function problemsIn(error: z.ZodError | undefined, schema: z.ZodObject): Problem[] {
  return error?.issues.flatMap((issue) => problemsOf(issue, schema)) ?? [];
}

function problemsOf(issue: z.core.$ZodIssue, schema: z.ZodObject): Problem[] {
  const at = ["platform:", issue.path.join(".")].join("");
  if (issue.code === "unrecognized_keys") {
    const known = Object.keys(schemaAt(issue.path, schema)?.shape ?? {}).join(", ");
    return issue.keys.map((key) => ({
      at: `${at}${issue.path.length ? "." : ""}${key}`,
      problem: "no such setting",
      remedy: `remove it, or write one of: ${known}`,
    }));
  }
  if (issue.input === undefined) {
    return [
      { at, problem: "is not set", remedy: `add it to the stack's file, or run: pulumi config set ${at} …` },
    ];
  }
  const value = JSON.stringify(issue.input);
  const wantsQuotes =
    issue.code === "invalid_type" && issue.expected === "string" && typeof issue.input === "number";
  const remedy = wantsQuotes ? "write it in quotes in the stack's file" : "correct it in the stack's file";
  return [{ at, problem: `${value}: ${issue.message}`, remedy }];
}

/** The object schema that a path of the settings leads to, below its defaults and optionals. */
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
    else if (schema instanceof z.ZodObject) schema = schema.shape[String(key)];
  }
  return schema instanceof z.ZodObject ? schema : undefined;
}
