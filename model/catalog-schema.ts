import { z } from "zod";
import type { Catalog, Discovery } from "./catalog";
import { entry, extra } from "./entry-schema";
import { MOST_LETTERS } from "./names";
import { probes } from "./probe-schema";
import type { Problem } from "./problems";
import type { SchemaOf } from "./schema-of";
import { dnsLabel, hostName } from "./settings/field-types";
import { problemsIn } from "./zod-problems";

/** Kubernetes takes a Service's name with a letter at its beginning only (RFC 1035). */
const workloadName = z
  .string()
  .regex(
    new RegExp(`^(?=.{1,${MOST_LETTERS}}$)[a-z](?:[-a-z0-9]*[a-z0-9])?$`),
    `is not a name of a workload: at most ${MOST_LETTERS} lower-case letters, digits and -, with a letter first and no - at the end`,
  );

/** Namespaces of Pulumi's configuration that are taken: the secrets of a platform are in one of its name. */
const CONFIGURATIONS = ["platform", "pulumi", "kubernetes", "random", "tls", "docker"];
const platformName = dnsLabel.refine(
  (name) => !CONFIGURATIONS.includes(name),
  "is what other settings in the stack's file begin with",
);

const discovery = z.strictObject({
  apiPort: z.boolean().optional(),
  headless: z.boolean().optional(),
  // Kubernetes API, ClientIPConfig.
  affinity: z.int().min(1).max(86_400).optional(),
} satisfies SchemaOf<Discovery>);

const catalogSchema = z.strictObject({
  name: platformName,
  host: hostName,
  probes,
  discovery: discovery.optional(),
  shutdown: z.strictObject({ drain: z.int(), grace: z.int() }).optional(),
  configuration: z.record(z.string(), z.string().nullable()).optional(),
  services: z.record(workloadName, entry),
  extras: z.record(workloadName, extra).optional(),
} satisfies SchemaOf<Catalog<string, string>>);

/** Everything that is wrong with a catalog by itself. Pure; whether it makes sense in an environment is for the checks. */
export function catalogProblems(catalog: unknown): Problem[] {
  const { error } = catalogSchema.safeParse(catalog, { reportInput: true });
  return problemsIn(error, catalogSchema, {
    prefix: "",
    noun: "property",
    file: "the catalog",
    add: () => "add it to the catalog",
  });
}
