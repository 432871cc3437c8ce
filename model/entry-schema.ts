import { z } from "zod";
import { autoscaler } from "./autoscaler-schema";
import type { ExtraEntry, ServiceEntry } from "./catalog";
import { container, containerPort, containerResources, program, seconds } from "./container-schema";
import { extraContainers, pod } from "./pod-schema";
import { ownProbes } from "./probe-schema";
import type { Route } from "./routes";
import type { SchemaOf } from "./schema-of";
import { quantity } from "./settings/field-types";
import type { JobTransforms, Transforms } from "./transforms";
import { extraUse, use } from "./use-schema";

const change = z.custom((value) => typeof value === "function", "is not a function");

/** Functions, each by the object that it changes; their types are the compiler's alone. */
const transform = <T>(...objects: string[]) =>
  z.strictObject(
    Object.fromEntries(objects.map((name) => [name, change.optional()])),
  ) as unknown as z.ZodType<T>;
const route = z.strictObject({ path: z.string(), webSocket: z.boolean() } satisfies SchemaOf<Route>);

/** Of a Kubernetes port (RFC 6335, 5.1), with the protocol in front. */
const portName = z
  .string()
  .regex(
    /^(?=.{1,15}$)(?!http-api$|http-metrics$)(?:http|grpc|tcp)-[a-z0-9]+(?:-[a-z0-9]+)*$/,
    "is not a name of a port: begin with http-, grpc- or tcp-, write lower-case letters, digits and -, 15 at most, and not http-api or http-metrics",
  );

const urlPath = z
  .string()
  .regex(/^\/\S*$/, "is not a path such as /metrics") as unknown as z.ZodType<`/${string}`>;
const noneOr = <T extends z.ZodType>(schema: T) => z.union([z.literal("none"), schema]);

const metrics = z.strictObject({ port: containerPort.optional(), path: urlPath.optional() });
/** Of what has no port of HTTP that they could be at. */
const metricsElsewhere = metrics.required({ port: true });

/** What entries of every kind may have. */
const common = {
  ...container,
  ...pod,
  uses: z.array(use).optional(),
  secrets: z.array(z.string()).optional(),
  configuration: z.array(z.string()).optional(),
};

const running = {
  ...common,
  containers: extraContainers.optional(),
  autoscaler: autoscaler.optional(),
  transform: transform<Transforms>(
    "pod",
    "deployment",
    "service",
    "autoscaler",
    "disruptionBudget",
  ).optional(),
  migration: z
    .strictObject({ command: program, args: z.array(z.string()).optional(), deadline: seconds.optional() })
    .optional(),
};

const listening = { port: containerPort, ports: z.record(portName, containerPort).optional(), ...running };

const http = z.strictObject({
  kind: z.literal("http").optional(),
  ...listening,
  routes: z.array(route).optional(),
  balancing: z.enum(["round_robin", "least_conn", "ip_hash", "session"]).optional(),
  probes: noneOr(ownProbes).optional(),
  metrics: noneOr(metrics).optional(),
  health: noneOr(urlPath).optional(),
} satisfies SchemaOf<Extract<ServiceEntry, { kind?: "http" }>>);

const grpc = z.strictObject({
  kind: z.literal("grpc"),
  ...listening,
  balancing: z.enum(["round_robin", "least_conn"]).optional(),
  probes: noneOr(ownProbes).optional(),
  metrics: noneOr(metrics).optional(),
} satisfies SchemaOf<Extract<ServiceEntry, { kind: "grpc" }>>);

const tcp = z.strictObject({
  kind: z.literal("tcp"),
  ...listening,
  probes: noneOr(ownProbes).optional(),
  metrics: noneOr(metricsElsewhere).optional(),
} satisfies SchemaOf<Extract<ServiceEntry, { kind: "tcp" }>>);

const worker = z.strictObject({
  kind: z.literal("worker"),
  ...running,
  probes: noneOr(ownProbes.partial({ readiness: true })).optional(),
  metrics: noneOr(metricsElsewhere).optional(),
} satisfies SchemaOf<Extract<ServiceEntry, { kind: "worker" }>>);

const ending = {
  ...common,
  transform: transform<JobTransforms>("pod", "job", "cronJob").optional(),
  deadline: seconds.optional(),
  retries: z.int().min(0).optional(),
};

const cronJob = z.strictObject({
  kind: z.literal("cronJob"),
  schedule: z.string(),
  timeZone: z.string().optional(),
  concurrency: z.enum(["Allow", "Forbid", "Replace"]).optional(),
  ...ending,
} satisfies SchemaOf<Extract<ServiceEntry, { kind: "cronJob" }>>);

const job = z.strictObject({ kind: z.literal("job"), ...ending } satisfies SchemaOf<
  Extract<ServiceEntry, { kind: "job" }>
>);

/** An entry of a catalog: an HTTP service, unless its kind says otherwise. */
export const entry = z.discriminatedUnion("kind", [http, grpc, tcp, worker, cronJob, job], {
  error: ({ code }) =>
    code === "invalid_union" ? "is no kind of workload: http, grpc, tcp, worker, cronJob, job" : undefined,
});

/** A workload of one's own. */
export const extra = z.strictObject({
  ports: z.array(z.int().min(1).max(65_535)).optional(),
  pods: z.int().min(0).optional(),
  resources: containerResources,
  volumes: z.array(quantity).optional(),
  uses: z.array(extraUse).optional(),
  secrets: z.array(z.string()).optional(),
} satisfies SchemaOf<ExtraEntry>);
