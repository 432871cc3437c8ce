import { z } from "zod";
import { cluster, scheduling } from "./cluster";
import {
  bound,
  clusterContext,
  digest,
  dnsLabel,
  hostName,
  imageTag,
  objectName,
  quantity,
  registry,
  replicas,
  resources,
  someResources,
  target,
  targets,
} from "./field-types";
import { frontDoor } from "./front-door";
import { fault, release, releases } from "./releases";
import { alertmanager, grafana, postgres, prometheus, rabbitmq, redis } from "./stores";

/**
 * What differs between environments: the `platform:` keys of Pulumi.<stack>.yaml. Every default is here, so
 * that the plan never has to ask whether a value is set.
 */
export type Settings = z.infer<typeof settingsSchema>;

export const settingsSchema = z.strictObject({
  catalog: z
    .string()
    .meta({ description: "Which catalog of `platforms/` this stack runs.", examples: ["malai"] }),
  context: clusterContext,
  namespace: dnsLabel.optional().meta({
    description: "Namespace of the cluster that the platform has to itself.",
    absent: "the catalog's name",
  }),
  cluster,
  host: hostName.optional().meta({ description: "Public host name.", absent: "the catalog's" }),
  tier: z
    .enum(["development", "production"])
    .default("production")
    .describe("What production refuses: moving tags, faults, a certificate of its own making."),
  frontDoor,
  certificate: z
    .union([
      z.literal("self-signed"),
      z.strictObject({
        secret: z
          .string()
          .min(1)
          .meta({ description: "Name of the Secret.", examples: ["shop-tls"] }),
      }),
    ])
    .describe("Either made by the platform, or a Secret of type kubernetes.io/tls that is there already."),
  generateSecrets: z
    .boolean()
    .default(false)
    .describe("Secrets that are not set are generated: for environments that hold nothing real."),
  protectData: z
    .boolean()
    .default(true)
    .describe("Volumes and passwords cannot be deleted by `pulumi up` or `destroy`."),
  images: z
    .strictObject({
      registry: z
        .string()
        .optional()
        .meta({
          description: "Registry and organisation of the services' images.",
          absent: "`docker.io/<catalog name>`",
          examples: ["registry.example.com/shop"],
        }),
      tag: imageTag.default("1.0.0").describe("Tag of the services' images."),
      pullSecrets: z
        .array(objectName)
        .default([])
        .meta({
          description:
            "Names of Secrets of the namespace (kubernetes.io/dockerconfigjson) that all images are pulled with.",
          examples: [["registry-login"]],
        }),
      registryMirror: registry.optional().meta({
        description:
          "Where the images of the platform's own are instead, by the same paths: `mirror.example.com/docker-hub` has `library/postgres`. Those of Istio and of the ingress controller are settings of their charts.",
        absent: "`docker.io`",
      }),
      digests: z
        .record(z.string(), digest)
        .default({})
        .meta({
          description:
            "Digests by the name of a service or job, else by the last part of an image's name, the stores' included: what `ops promote` writes.",
          examples: [{ redis: "sha256:…" }],
        }),
    })
    .prefault({}),
  defaults: z
    .strictObject({
      replicas,
      replicaLimit: bound
        .default(10)
        .describe("The most replicas that a service may have (docs/requirements.md, D11)."),
      autoscaler: targets,
      resources: resources(["250m", "500m"], ["256Mi", "512Mi"]),
    })
    .prefault({})
    .describe("Sizes of every service."),
  services: z
    .record(
      z.string(),
      z.strictObject({
        replicas: z
          .strictObject({
            min: bound.optional().describe("Replicas at least."),
            max: bound.optional().describe("Replicas at most."),
          })
          .default({}),
        autoscaler: z
          .strictObject({
            cpu: target.optional().describe("Per cent of the cpu that its container asks for."),
            memory: target.optional().describe("Per cent of the memory that its container asks for."),
          })
          .optional()
          .meta({ description: "What its autoscaler goes by.", absent: "the entry's" }),
        resources: z.strictObject({ requests: someResources, limits: someResources }).prefault({}),
        serviceAccountAnnotations: z
          .record(z.string(), z.string())
          .optional()
          .meta({
            description: "Annotations of its ServiceAccount, over those of its entry, key by key.",
            absent: "the entry's",
            examples: [{ "eks.amazonaws.com/role-arn": "arn:aws:iam::111122223333:role/web" }],
          }),
        volumes: z
          .record(z.string(), quantity)
          .default({})
          .meta({
            description: "Sizes of its persistent volumes, by path.",
            absent: "the entry's",
            examples: [{ "/var/lib/app": "20Gi" }],
          }),
        version: dnsLabel.optional().meta({
          description: "Value of the `version` label of the version in use.",
          absent: "`v1`",
          examples: ["v2"],
        }),
        tag: imageTag
          .optional()
          .describe(
            "Tag of its image, where a release has left another one than all have, or the entry names another. Its digest is among those of all images.",
          ),
        release: release
          .optional()
          .describe("A version beside the one that is in use; `npx ops release` writes it."),
        environment: z
          .record(z.string(), z.string())
          .default({})
          .meta({
            description: "Values of its variables, in place of those in its entry.",
            absent: "the entry's",
            examples: [{ LOG_LEVEL: "debug" }],
          }),
      }),
    )
    .default({})
    .meta({
      description: "One service's own sizes; what is left out is as in `defaults`.",
      examples: [{ web: { replicas: { min: 3 } } }],
    }),
  releases,
  scheduling,
  mesh: z
    .strictObject({
      enabled: z
        .boolean()
        .default(true)
        .describe("Whether Istio's objects are made. Istio must be there: the stack `istio` installs it."),
      gateway: z
        .boolean()
        .default(false)
        .describe(
          "Whether the platform's host is at Istio's ingress gateway too: a second way in, without rate limits.",
        ),
      sidecar: resources(["100m", "2"], ["128Mi", "1Gi"]).meta({
        description: "What each sidecar asks for and may take.",
        absent: "as Istio's charts have it (`global.proxy.resources`)",
      }),
      faults: z
        .record(z.string(), fault)
        .default({})
        .meta({
          description: "Faults by the service that seems to fail.",
          examples: [{ web: { abort: { percent: 5, status: 503 } } }],
        }),
    })
    .prefault({}),
  configuration: z
    .record(z.string(), z.string())
    .default({})
    .meta({
      description: "Values of the plain settings that services name in the catalog.",
      absent: "the catalog's",
      examples: [{ LOG_LEVEL: "debug" }],
    }),
  storageClass: z
    .string()
    .optional()
    .meta({
      description: "Of volumes that are made from now on: one that is there stays where it is.",
      absent: "the cluster's default StorageClass",
      examples: ["ssd"],
    }),
  postgres,
  redis,
  rabbitmq,
  prometheus,
  alertmanager,
  grafana,
  prices: z
    .strictObject({
      cpuHour: z
        .number()
        .positive()
        .meta({ description: "Of one core for an hour.", examples: [0.04] }),
      memoryGiBHour: z
        .number()
        .positive()
        .meta({ description: "Of one GiB of memory for an hour.", examples: [0.005] }),
    })
    .optional()
    .meta({
      description: "What the cost dashboard multiplies with.",
      absent: "it shows cores and bytes, and no money",
    }),
});
