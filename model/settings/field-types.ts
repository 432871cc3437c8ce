import { z } from "zod";

/** As Kubernetes writes amounts (Kubernetes documentation, Resource Management, Resource units). */
export const quantity = z
  .string()
  .regex(/^\d+(\.\d+)?(m|k|M|G|T|Ki|Mi|Gi|Ti)?$/, "is not a Kubernetes quantity such as 250m or 512Mi");
export const port = z.int().min(1).max(65535);
export const nodePort = z.int().min(30000).max(32767);

/** Requests and limits of one container. @param cpu defaults of its request and its limit */
export const resources = (cpu: [string, string], memory: [string, string]) =>
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

/** A store with one volume. */
export const store = (storage: string, cpu: [string, string], memory: [string, string]) =>
  z.strictObject({ storage: quantity.default(storage), resources: resources(cpu, memory) });

export const digest = z
  .string()
  .regex(/^sha256:[0-9a-f]{64}$/, "is not a digest such as sha256:<64 hex digits>");
/** As registries take them (OCI distribution specification, Pulling manifests). */
export const imageTag = z.string().regex(/^\w[\w.-]{0,127}$/, "is no tag of an image");
/** As Kubernetes names a Secret. */
export const objectName = z
  .string()
  .regex(/^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/, "is no name of an object of Kubernetes");
/** A registry's host, its port, and a path at it. */
export const registry = z
  .string()
  .regex(
    /^[a-z0-9.-]+(:\d+)?(\/[a-z0-9._-]+)*$/,
    "is no registry such as mirror.example.com/docker-hub, without https:// and a / at the end",
  );
export const percent = z.number().min(0).max(100);

/** 2 to 10 replicas (docs/requirements.md, O6 and D3). */
export const bound = z.int().min(1);
export const replicas = z.strictObject({ min: bound.default(2), max: bound.default(10) }).prefault({});

/** Per cent of what containers request, averaged over them; `none` is not gone by. */
export const target = z.union([z.literal("none"), z.int().min(1)]);
/** What the autoscalers go by (docs/requirements.md, O6). */
export const targets = z.strictObject({ cpu: target.default(70), memory: target.default(80) }).prefault({});

/** What one service has otherwise than all of them. */
export const someResources = z
  .strictObject({ cpu: quantity.optional(), memory: quantity.optional() })
  .default({});

export const toleration = z.strictObject({
  key: z.string().optional(),
  operator: z.enum(["Exists", "Equal"]).default("Equal"),
  value: z.string().optional(),
  effect: z.enum(["NoSchedule", "PreferNoSchedule", "NoExecute"]).optional(),
});
