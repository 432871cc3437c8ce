import { z } from "zod";

/** As Kubernetes writes amounts (Kubernetes documentation, Resource Management, Resource units). */
export const quantity = z
  .string()
  .regex(/^\d+(\.\d+)?(m|k|M|G|T|Ki|Mi|Gi|Ti)?$/, "is not a Kubernetes quantity such as 250m or 512Mi")
  .meta({ title: "Kubernetes quantity", examples: ["1Gi"] });
const cores = quantity.meta({ title: "Kubernetes quantity", examples: ["1"] });
export const port = z
  .int()
  .min(1)
  .max(65535)
  .meta({ examples: [8443] });
export const nodePort = z
  .int()
  .min(30000)
  .max(32767)
  .meta({ examples: [30443] });

/** As labels, namespaces and parts of a host name have it (RFC 1123). */
export const dnsLabel = z
  .string()
  .regex(
    /^[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?$/,
    "is not a name of at most 63 lower-case letters, digits and -, with no - at its ends",
  )
  .meta({ title: "name (RFC 1123 label)", examples: ["shop"] });
/** A name, and no address: nothing is called so that ends with a number. */
export const hostName = z
  .string()
  .max(253)
  .regex(
    /^(?:[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?\.)*(?!\d+$)[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?$/,
    "is not a host name such as shop.example.com, in lower case, without a scheme, a port and a path",
  )
  .meta({ title: "host name", examples: ["shop.example.com"] });

/** Requests and limits of one container. @param cpu defaults of its request and its limit */
export const resources = (cpu: [string, string], memory: [string, string]) =>
  z
    .strictObject({
      requests: z
        .strictObject({
          cpu: cores.default(cpu[0]).describe("Cores that a node has to have free for it."),
          memory: quantity.default(memory[0]).describe("Memory that a node has to have free for it."),
        })
        .prefault({}),
      limits: z
        .strictObject({
          cpu: cores.default(cpu[1]).describe("Cores that it may use at most."),
          memory: quantity.default(memory[1]).describe("Memory at which it is killed."),
        })
        .prefault({}),
    })
    .prefault({});

/** A store with one volume. */
export const store = (storage: string, cpu: [string, string], memory: [string, string]) =>
  z.strictObject({
    storage: quantity.default(storage).meta({
      description: "Size of its volume; of each, where there are several. It can grow, and not shrink.",
      examples: ["20Gi"],
    }),
    resources: resources(cpu, memory),
  });

export const digest = z
  .string()
  .regex(/^sha256:[0-9a-f]{64}$/, "is not a digest such as sha256:<64 hex digits>")
  .meta({ title: "digest", examples: [`sha256:${"0".repeat(64)}`] });
/** As registries take them (OCI distribution specification, Pulling manifests). */
export const imageTag = z
  .string()
  .regex(/^\w[\w.-]{0,127}$/, "is no tag of an image")
  .meta({ title: "image tag", examples: ["1.2.0"] });
/** As Kubernetes names a Secret. */
export const objectName = z
  .string()
  .regex(/^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/, "is no name of an object of Kubernetes")
  .meta({ title: "name of an object", examples: ["registry-login"] });
/** A registry's host, its port, and a path at it. */
export const registry = z
  .string()
  .regex(
    /^[a-z0-9.-]+(:\d+)?(\/[a-z0-9._-]+)*$/,
    "is no registry such as mirror.example.com/docker-hub, without https:// and a / at the end",
  )
  .meta({ title: "registry", examples: ["mirror.example.com/docker-hub"] });
export const percent = z
  .number()
  .min(0)
  .max(100)
  .meta({ examples: [5] });

/** 2 to 10 replicas (docs/requirements.md, O6 and D3). */
export const bound = z
  .int()
  .min(1)
  .meta({ examples: [3] });
export const replicas = z
  .strictObject({
    min: bound.default(2).describe("Replicas at least."),
    max: bound
      .default(10)
      .meta({ description: "Replicas at most, of `replicaLimit` that there may be.", examples: [6] }),
  })
  .prefault({});

/** Per cent of what containers request, averaged over them; `none` is not gone by. */
export const target = z
  .union([z.literal("none"), z.int().min(1)])
  .meta({ title: '`"none"` or integer', examples: [60] });
/** What the autoscalers go by (docs/requirements.md, O6). */
export const targets = z
  .strictObject({
    cpu: target.default(70).describe("Per cent of the cpu that a service's container asks for, on average."),
    memory: target
      .default(80)
      .describe("Per cent of the memory that a service's container asks for, on average."),
  })
  .prefault({})
  .describe("What the autoscalers go by.");

/** What one service has otherwise than all of them. */
export const someResources = z
  .strictObject({
    cpu: cores.optional().describe("Cores of its own."),
    memory: quantity.optional().describe("Memory of its own."),
  })
  .default({});

export const toleration = z.strictObject({
  key: z
    .string()
    .optional()
    .meta({ description: "Key of the taint.", absent: "any", examples: ["dedicated"] }),
  operator: z.enum(["Exists", "Equal"]).default("Equal").describe("Whether the value counts."),
  value: z
    .string()
    .optional()
    .meta({ description: "Value of the taint.", examples: ["platform"] }),
  effect: z
    .enum(["NoSchedule", "PreferNoSchedule", "NoExecute"])
    .optional()
    .meta({ description: "Effect of the taint.", absent: "any" }),
});

/** The cluster of a stack. */
export const clusterContext = z
  .string()
  .min(1)
  .meta({
    description: "Context of the kubeconfig; no other cluster can be reached by this stack.",
    examples: ["production"],
  });
