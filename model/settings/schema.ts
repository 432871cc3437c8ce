import { z } from "zod";
import {
  bound,
  digest,
  imageTag,
  nodePort,
  objectName,
  port,
  quantity,
  registry,
  replicas,
  resources,
  someResources,
  store,
  target,
  targets,
  toleration,
} from "./field-types";
import { fault, release, releases } from "./releases";

/**
 * What differs between environments: the `platform:` keys of Pulumi.<stack>.yaml. Every default is here, so
 * that the plan never has to ask whether a value is set.
 */
export type Settings = z.infer<typeof settingsSchema>;

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
      /**
       * Seconds for which an nginx that is to end answers on, until whoever sends it connections has noticed.
       * @default 30 with type LoadBalancer, else 5
       */
      drainSeconds: z.int().min(1).max(600).optional(),
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
      tag: imageTag.default("1.0.0"),
      /** Names of Secrets of the namespace (kubernetes.io/dockerconfigjson) that all images are pulled with. */
      pullSecrets: z.array(objectName).default([]),
      /**
       * Where the images of the platform's own are instead, by the same paths: `mirror.example.com/docker-hub` has
       * `library/postgres`. Those of Istio and of the ingress controller are settings of their charts. @default docker.io
       */
      registryMirror: registry.optional(),
      /** Digests by the last part of an image's name, the stores' included: what `ops promote` writes. */
      digests: z.record(z.string(), digest).default({}),
    })
    .prefault({}),
  /** Sizes of every service. */
  defaults: z
    .strictObject({
      replicas,
      /** The most replicas that a service may have (docs/requirements.md, D11). */
      replicaLimit: bound.default(10),
      autoscaler: targets,
      resources: resources(["250m", "500m"], ["256Mi", "512Mi"]),
    })
    .prefault({}),
  /** One service's own sizes; what is left out is as in `defaults`. */
  services: z
    .record(
      z.string(),
      z.strictObject({
        replicas: z.strictObject({ min: bound.optional(), max: bound.optional() }).default({}),
        autoscaler: z.strictObject({ cpu: target.optional(), memory: target.optional() }).optional(),
        resources: z.strictObject({ requests: someResources, limits: someResources }).prefault({}),
        /** Over those of the catalog, key by key. */
        serviceAccountAnnotations: z.record(z.string(), z.string()).optional(),
        /** Sizes of its persistent volumes, by path. @default the catalog's */
        volumes: z.record(z.string(), quantity).default({}),
        /** Value of the `version` label of the version in use. @default v1 */
        version: z.string().optional(),
        /** Of its image, where a release has left another one than all have. Its digest is among those of all images. */
        tag: imageTag.optional(),
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
      /** Whether Istio's objects are made. Istio must be there: the stack `istio` installs it. */
      enabled: z.boolean().default(true),
      /** Whether the platform's host is at Istio's ingress gateway too: a second way in, without rate limits. */
      gateway: z.boolean().default(false),
      /** What each sidecar asks for and may take. @default as Istio's charts have it (`global.proxy.resources`) */
      sidecar: resources(["100m", "2"], ["128Mi", "1Gi"]),
      /** Faults by the service that seems to fail. */
      faults: z.record(z.string(), fault).default({}),
    })
    .prefault({}),
  /** Values of the plain settings that services name in the catalog. */
  configuration: z.record(z.string(), z.string()).default({}),
  /** Of volumes that are made from now on: one that is there stays where it is. @default the cluster's default StorageClass */
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
      /**
       * URL of docs/operations.md as people can open it; each alert links to its line there (`runbook_url`). @default an
       * alert names the file, without a link: the program does not know where its repository is
       */
      runbooks: z.url({ protocol: /^https?$/ }).optional(),
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
