import { z } from "zod";
import type { Catalog, ServiceEntry } from "../catalog";
import { catalogProblems } from "../catalog-schema";
import type { Problem } from "../problems";
import { problemsIn } from "../zod-problems";
import { coerced, dateProblems } from "./coerce";
import { type Settings, settingsSchema } from "./schema";
import { stackFile } from "./source";

/** Either the settings with every default applied, or everything that is wrong with them. */
export type Parsed = { settings: Settings } | { problems: Problem[] };

/**
 * Checks and completes the settings of a stack, and checks the catalog that they name, which may not have been compiled.
 * @param values the `platform:` keys of the stack file, without the prefix, as plain values
 * @param catalogs every catalog there is, by name
 */
export function parseSettings(
  values: Record<string, unknown>,
  catalogs: Readonly<Record<string, Catalog>>,
): Parsed {
  const schema = settingsSchema.extend({ catalog: z.enum(Object.keys(catalogs)) });
  const result = schema.safeParse(coerced(schema, values), { reportInput: true });
  const catalog = catalogs[String(values.catalog)];
  const inCatalog = catalog ? catalogProblems(catalog) : [];
  const problems = [
    ...inCatalog,
    ...problemsIn(result.error, settingsSchema, stackFile),
    ...dateProblems(values),
    ...(catalog && inCatalog.length === 0 ? unknownNames(values, catalog) : []),
  ];
  return result.success && problems.length === 0 ? { settings: result.data } : { problems };
}

/** Values for what the catalog does not have would silently change nothing. */
function unknownNames(values: Record<string, unknown>, catalog: Catalog): Problem[] {
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
