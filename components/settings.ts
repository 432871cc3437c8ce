import { z } from "zod";
import type { Catalog } from "./catalog";
import type { Problem } from "./problems";

/**
 * What differs between environments: the `platform:` keys of Pulumi.<stack>.yaml. Every default is here, so
 * that the plan never has to ask whether a value is set.
 */
export type Settings = z.infer<typeof settingsSchema>;

const quantity = z
  .string()
  .regex(/^\d+(\.\d+)?(m|k|M|G|T|Ki|Mi|Gi|Ti)?$/, "is not a Kubernetes quantity such as 250m or 512Mi");
const port = z.int().min(1).max(65535);
const nodePort = z.int().min(30000).max(32767);

const resources = (cpu: [string, string], memory: [string, string]) =>
  z
    .strictObject({
      requests: z
        .strictObject({ cpu: quantity.default(cpu[0]), memory: quantity.default(memory[0]) })
        .prefault({}),
      limits: z
        .strictObject({ cpu: quantity.default(cpu[1]), memory: quantity.default(memory[1]) })
        .prefault({}),
    })
    .prefault({});

const store = (storage: string, cpu: [string, string], memory: [string, string]) =>
  z.strictObject({ storage: quantity.default(storage), resources: resources(cpu, memory) }).prefault({});

/** Replicas, 2–10, are the documents' (orchestration, section 3; discovery, technical specifications). */
const scale = z
  .strictObject({ min: z.int().min(1).default(2), max: z.int().min(1).default(10) })
  .prefault({});

export const settingsSchema = z.strictObject({
  /** Which catalog of `platforms/` this stack runs. */
  catalog: z.string(),
  /** Context of the kubeconfig; no other cluster can be reached by this stack. */
  context: z.string().min(1),
  /** @default the catalog's name */
  namespace: z.string().optional(),
  /** Public host name. @default the catalog's */
  host: z.string().optional(),
  frontDoor: z
    .strictObject({
      type: z.enum(["ClusterIP", "NodePort", "LoadBalancer"]).default("LoadBalancer"),
      /** Fixed node ports; only with type NodePort. */
      nodePorts: z.strictObject({ http: nodePort, https: nodePort }).optional(),
      /** Port of HTTPS as the browser sees it; redirects point there. */
      publicPort: port.default(443),
      replicas: z.int().min(1).max(10).default(2),
    })
    .prefault({}),
  /** Either made by the platform, or a Secret of type kubernetes.io/tls that is there already. */
  certificate: z.union([z.literal("self-signed"), z.strictObject({ secret: z.string().min(1) })]),
  /** Secrets that nobody set are generated: for environments that hold nothing real. */
  generateSecrets: z.boolean().default(false),
  /** Volumes and passwords cannot be deleted by `pulumi up` or `destroy`. */
  protectData: z.boolean().default(true),
  images: z
    .strictObject({
      /** Registry and organisation of the services' images. @default docker.io/<catalog name> */
      registry: z.string().optional(),
      /** Tag of the services' images. */
      tag: z.string().default("1.0.0"),
    })
    .prefault({}),
  /** Figures of every service; one service's own go under `services`. */
  defaults: z
    .strictObject({ scale, resources: resources(["250m", "500m"], ["256Mi", "512Mi"]) })
    .prefault({}),
  services: z
    .record(
      z.string(),
      z.strictObject({
        scale: scale.optional(),
        resources: resources(["250m", "500m"], ["256Mi", "512Mi"]).optional(),
      }),
    )
    .default({}),
  /** Values of the plain settings that services name in the catalog. */
  configuration: z.record(z.string(), z.string()).default({}),
  postgres: store("10Gi", ["250m", "2"], ["256Mi", "1Gi"]),
  redis: store("1Gi", ["100m", "500m"], ["64Mi", "256Mi"]),
  rabbitmq: store("5Gi", ["200m", "1"], ["256Mi", "512Mi"]),
});

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
  const result = schema.safeParse(values, { reportInput: true });
  const problems = [
    ...(result.error?.issues.flatMap(problemsOf) ?? []),
    ...unknownServices(values.services, catalogs[String(values.catalog)]),
  ];
  return result.success && problems.length === 0 ? { settings: result.data } : { problems };
}

/** Figures for a service that the catalog does not have would silently change nothing. */
function unknownServices(services: unknown, catalog: Catalog | undefined): Problem[] {
  if (!catalog || typeof services !== "object" || services === null) return [];
  return Object.keys(services)
    .filter((name) => !(name in catalog.services))
    .map((name) => ({
      at: `platform:services.${name}`,
      problem: `there is no service "${name}" in ${catalog.name}`,
      remedy: `write one of: ${Object.keys(catalog.services).join(", ")}`,
    }));
}

function problemsOf(issue: z.core.$ZodIssue): Problem[] {
  const at = ["platform:", issue.path.join(".")].join("");
  if (issue.code === "unrecognized_keys") {
    const known = Object.keys(schemaAt(issue.path)?.shape ?? {}).join(", ");
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
  return [{ at, problem: `${value}: ${issue.message}`, remedy: "correct it in the stack's file" }];
}

/** The object schema that a path of the settings leads to, below its defaults and optionals. */
function schemaAt(path: readonly PropertyKey[]): z.ZodObject | undefined {
  let schema: unknown = settingsSchema;
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
