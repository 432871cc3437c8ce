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
  z.strictObject({ storage: quantity.default(storage), resources: resources(cpu, memory) });

const digest = z.string().regex(/^sha256:[0-9a-f]{64}$/, "is not a digest such as sha256:<64 hex digits>");
const percent = z.number().min(0).max(100);

/** Replicas, 2–10, are the documents' (orchestration, section 3; discovery, technical specifications). */
const bound = z.int().min(1);
const replicas = z.strictObject({ min: bound.default(2), max: bound.default(10) }).prefault({});

/** What one service has otherwise than all of them. */
const someResources = z.strictObject({ cpu: quantity.optional(), memory: quantity.optional() }).default({});

const toleration = z.strictObject({
  key: z.string().optional(),
  operator: z.enum(["Exists", "Equal"]).default("Equal"),
  value: z.string().optional(),
  effect: z.enum(["NoSchedule", "PreferNoSchedule", "NoExecute"]).optional(),
});

/** Made on purpose, to see how callers cope (discovery document, Fault injection). */
const fault = z.strictObject({
  /** Share of the requests that are answered with this status. */
  abort: z.strictObject({ percent, status: z.int().min(400).max(599) }).optional(),
  /** Share of the requests that wait. */
  delay: z.strictObject({ percent, seconds: z.number().positive() }).optional(),
});

/**
 * A version beside the one that is in use (orchestration document, section 6). `npx ops release` writes it, changes its
 * weight, and takes it away in the end.
 */
const release = z.strictObject({
  /** Whether it gets its share by steps, or everything at once. */
  strategy: z.enum(["canary", "blue-green"]).default("canary"),
  /** Value of its `version` label. */
  version: z.string().default("v2"),
  tag: z.string().optional(),
  digest: digest.optional(),
  /** Per cent of the requests that it gets; those with the header `canary: true` all go to it. */
  weight: z.int().min(0).max(100).default(10),
  /** Whether the version in use can work with the database as this one leaves it. */
  schema: z.enum(["compatible", "incompatible"]).default("compatible"),
});

/** How releases go: what `npx ops release` does unless it is told otherwise. */
const releases = z
  .strictObject({
    /** Weights of a canary, one after the other. */
    steps: z.array(percent.min(1)).min(1).default([10, 25, 50, 100]),
    /** Seconds that each step is watched. */
    hold: z.int().min(5).default(60),
    /** Seconds within which every pod of the new version has to be ready. */
    readyWithin: z.int().min(5).default(180),
    /** Seconds that blue stays after the switch, beyond `hold`. */
    grace: z.int().min(0).default(60),
    /** Requests of the new version that it takes to judge a step; fewer are a failure. */
    samples: z.int().min(1).default(50),
    /** Points of the success rate, in per cent, that the new version may be below the old one. */
    successDrop: percent.default(1),
    /** The new version's p95 may be this many times the old one's, and `p95Allowance` seconds more. */
    p95Ratio: z.number().min(1).default(1.5),
    p95Allowance: z.number().min(0).default(0.05),
  })
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
  /** What production refuses: moving tags, faults, a certificate of its own making. */
  tier: z.enum(["development", "production"]).default("production"),
  frontDoor: z
    .strictObject({
      /** nginx of the platform's own, or Ingress objects for F5 NGINX Ingress Controller. */
      kind: z.enum(["standalone", "controller"]).default("standalone"),
      controller: z
        .strictObject({
          ingressClass: z.string().default("nginx"),
          /** Where the controller runs: the network policies let it in. */
          namespace: z.string().default("nginx-ingress"),
          /** Whether this stack installs the controller, by its chart. */
          install: z.boolean().default(false),
        })
        .prefault({}),
      type: z.enum(["ClusterIP", "NodePort", "LoadBalancer"]).default("LoadBalancer"),
      /** Fixed node ports; only with type NodePort. */
      nodePorts: z.strictObject({ http: nodePort, https: nodePort }).optional(),
      /** Port of HTTPS as the browser sees it; redirects point there. */
      publicPort: port.default(443),
      replicas: z.int().min(1).max(10).default(2),
      /** Requests of one client address; what is over the burst is answered with 429. */
      rateLimit: z
        .strictObject({
          requestsPerSecond: z.int().min(1).default(50),
          burst: z.int().min(0).default(100),
        })
        .prefault({}),
      /** Seconds for which browsers insist on HTTPS; 0 leaves the header out. */
      hstsMaxAge: z.int().min(0).default(31_536_000),
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
      /** Digests by the last part of an image's name, the stores' included: what `ops promote` writes. */
      digests: z.record(z.string(), digest).default({}),
    })
    .prefault({}),
  /** Figures of every service. */
  defaults: z
    .strictObject({ replicas, resources: resources(["250m", "500m"], ["256Mi", "512Mi"]) })
    .prefault({}),
  /** One service's own figures; what is left out is as in `defaults`. */
  services: z
    .record(
      z.string(),
      z.strictObject({
        replicas: z.strictObject({ min: bound.optional(), max: bound.optional() }).default({}),
        resources: z.strictObject({ requests: someResources, limits: someResources }).prefault({}),
        /** Value of the `version` label of the version in use. @default v1 */
        version: z.string().optional(),
        /** Of its image, where a release has left another one than all have. Its digest is among those of all images. */
        tag: z.string().optional(),
        release: release.optional(),
      }),
    )
    .default({}),
  releases,
  /** Which nodes the pods may run on. @default every node without a taint */
  scheduling: z
    .strictObject({
      nodeSelector: z.record(z.string(), z.string()).default({}),
      tolerations: z.array(toleration).default([]),
    })
    .prefault({}),
  mesh: z
    .strictObject({
      /** Whether Istio's objects are made; its custom resource definitions must be there. */
      enabled: z.boolean().default(true),
      /** Whether this stack installs Istio, by its charts. One stack of a cluster may; the others find it. */
      install: z.boolean().default(false),
      /** What each sidecar asks for and may take. @default as Istio's charts have it (`global.proxy.resources`) */
      sidecar: resources(["100m", "2"], ["128Mi", "1Gi"]),
      /** Faults by the service that seems to fail. */
      faults: z.record(z.string(), fault).default({}),
    })
    .prefault({}),
  /** Values of the plain settings that services name in the catalog. */
  configuration: z.record(z.string(), z.string()).default({}),
  /** @default the cluster's default StorageClass */
  storageClass: z.string().optional(),
  postgres: store("10Gi", ["250m", "2"], ["256Mi", "1Gi"])
    .extend({
      /** Size of a volume that finished write-ahead log files are kept on, for a backup. @default none are kept */
      archive: quantity.optional(),
      /** Fixed rather than counted from the services: a new one must not restart the server. */
      maxConnections: z.int().min(50).default(600),
    })
    .prefault({}),
  redis: store("1Gi", ["100m", "500m"], ["64Mi", "256Mi"]).prefault({}),
  rabbitmq: store("5Gi", ["200m", "1"], ["256Mi", "512Mi"])
    .extend({
      /** Quorum queues keep their messages when one node of three is lost; a single one keeps them on its volume. */
      replicas: z.union([z.literal(1), z.literal(3)]).default(1),
    })
    .prefault({}),
  prometheus: store("10Gi", ["100m", "500m"], ["256Mi", "512Mi"])
    .extend({
      /** How long samples are kept. */
      retention: z
        .string()
        .regex(/^\d+[hdwy]$/, "is not a duration such as 15d")
        .default("15d"),
    })
    .prefault({}),
  alertmanager: store("1Gi", ["20m", "200m"], ["32Mi", "128Mi"])
    .extend({
      /** Whether alerts are sent somewhere: to the URL in the secret `<platform>:ALERT_WEBHOOK_URL`. */
      webhook: z.boolean().default(true),
    })
    .prefault({}),
  grafana: z
    .strictObject({
      /** Whether the platform has a Grafana of its own. The dashboards are there in any case, for one that finds them. */
      enabled: z.boolean().default(true),
    })
    .prefault({}),
  /** What the cost dashboard multiplies with. @default it shows cores and bytes, and no money */
  prices: z
    .strictObject({
      /** Of one core for an hour. */
      cpuHour: z.number().positive(),
      /** Of one GiB of memory for an hour. */
      memoryGiBHour: z.number().positive(),
    })
    .optional(),
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
    ...unknownNames(values, catalogs[String(values.catalog)]),
  ];
  return result.success && problems.length === 0 ? { settings: result.data } : { problems };
}

/** Values for what the catalog does not have would silently change nothing. */
function unknownNames(values: Record<string, unknown>, catalog: Catalog | undefined): Problem[] {
  if (!catalog) return [];
  const { mesh } = values as { mesh?: { faults?: unknown } };
  return [
    ...unknownKeys("services", values.services, "service", Object.keys(catalog.services), catalog.name),
    ...unknownKeys("mesh.faults", mesh?.faults, "service", Object.keys(catalog.services), catalog.name),
    ...unknownKeys(
      "configuration",
      values.configuration,
      "setting",
      Object.keys(catalog.configuration ?? {}),
      catalog.name,
    ),
  ];
}

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
