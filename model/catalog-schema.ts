import { z } from "zod";
import type { Catalog, Discovery, Probe, Route, ServiceEntry, Use } from "./catalog";
import { MOST_LETTERS } from "./names";
import type { Problem } from "./problems";
import { dnsLabel, hostName } from "./settings/field-types";
import { problemsIn } from "./zod-problems";

/** What the compiler says of a catalog, and the limits of each value: for a catalog that nobody has compiled. */
type SchemaOf<T> = { [Key in keyof Required<T>]: z.ZodType<T[Key]> };

/** Kubernetes takes a Service's name with a letter at its beginning only (RFC 1035). */
const serviceName = z
  .string()
  .regex(
    new RegExp(`^(?=.{1,${MOST_LETTERS}}$)[a-z](?:[-a-z0-9]*[a-z0-9])?$`),
    `is not a name of a service: at most ${MOST_LETTERS} lower-case letters, digits and -, with a letter first and no - at the end`,
  );

/** Without root rights a container cannot listen on a port below. */
const FIRST_PORT = 1024;
const port = z
  .int()
  .min(FIRST_PORT, `a container without root rights listens on ${FIRST_PORT} to 65535`)
  .max(65_535, `a container without root rights listens on ${FIRST_PORT} to 65535`);

/** Namespaces of Pulumi's configuration that are taken: the secrets of a platform are in one of its name. */
const CONFIGURATIONS = ["platform", "pulumi", "kubernetes", "random", "tls", "docker"];
const platformName = dnsLabel.refine(
  (name) => !CONFIGURATIONS.includes(name),
  "is what other settings in the stack's file begin with",
);

const probe = z.strictObject({
  path: z.string().regex(/^\/\S*$/, "is not a path such as /health"),
  initialDelay: z.int().min(0),
  period: z.int().min(1),
  timeout: z.int().min(1),
  failures: z.int().min(1),
} satisfies SchemaOf<Probe>);

const probes = z.strictObject({ liveness: probe, readiness: probe });

const route = z.strictObject({ path: z.string(), webSocket: z.boolean() } satisfies SchemaOf<Route>);

const use: z.ZodType<Use> = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("service"), service: z.string() }),
  z.strictObject({
    kind: z.literal("database"),
    // With `_owner` at its end it is a role as well, of 63 letters at most (PostgreSQL's documentation, Identifiers).
    database: z
      .string()
      .regex(/^[A-Za-z_][\w-]{0,56}$/, "is not a name of at most 57 letters, digits, _ and -"),
    pool: z.int().min(1),
  }),
  z.strictObject({ kind: z.literal("cache") }),
  z.strictObject({ kind: z.literal("queue") }),
  z.strictObject({ kind: z.literal("external"), host: z.string(), port: z.int().min(1).max(65_535) }),
]);

const service = z.strictObject({
  port,
  routes: z.array(route).optional(),
  balancing: z.enum(["round_robin", "least_conn", "ip_hash", "session"]).optional(),
  uses: z.array(use).optional(),
  secrets: z.array(z.string()).optional(),
  configuration: z.array(z.string()).optional(),
  probes: probes.optional(),
} satisfies SchemaOf<ServiceEntry>);

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
  services: z.record(serviceName, service),
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
