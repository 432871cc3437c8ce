import type { Catalog, ServiceEntry } from "./catalog";
import type { PortName, Protocol } from "./kinds";
import type { JobPlan, PortPlan, ProbesPlan, ServicePlan } from "./plan";
import type { Probe, Question, Timing } from "./probes";
import type { JobTransforms } from "./transforms";
import { SERVICE_PORT } from "./workloads";

/** Seconds: of a migration, as long as a login's Job may take; of a job, what a report takes. */
const DEADLINES = { migration: 300, job: 3600 };

/** Times of a startup probe. */
const STARTUP: Timing = { initialDelay: 0, period: 5, timeout: 3, failures: 24 };

/** Whether an entry makes a service, rather than a job. */
export const runsUntilTold = ({ kind }: ServiceEntry): boolean => kind !== "cronJob" && kind !== "job";

type OfKind = Pick<ServicePlan, "kind" | "port" | "ports" | "probes" | "metrics" | "health" | "migration">;

/** What a service has by its kind. Pure. */
export function kindOf(entry: ServiceEntry, catalog: Pick<Catalog, "probes">): OfKind {
  const kind = entry.kind === undefined || !runsUntilTold(entry) ? "http" : (entry.kind as OfKind["kind"]);
  const { migration } = entry;
  const port = kind === "worker" ? undefined : entry.port;
  const metrics = metricsOf(entry, kind);
  const health = kind === "http" ? (entry.health ?? "/health") : "none";
  return {
    kind,
    ...(port !== undefined && { port }),
    ports: portsOf({ ...entry, port } as ServiceEntry, kind),
    probes: probesOf(entry, kind, catalog),
    ...(metrics && { metrics }),
    ...(health !== "none" && { health }),
    ...(migration && { migration: { deadline: DEADLINES.migration, ...migration } }),
  };
}

/** The job that an entry makes, if it makes one. Pure. */
export function jobOf(entry: ServiceEntry, plan: ServicePlan): JobPlan[] {
  if (runsUntilTold(entry)) return [];
  const { kind: _, port, ports, release, replicas, probes, metrics, health, migration, ...rest } = plan;
  const { routes, balancing, autoscaler, containers, ...shared } = rest;
  const common = { ...shared, ...(entry.transform && { transform: entry.transform as JobTransforms }) };
  const { deadline = DEADLINES.job, retries = 0 } = entry;
  if (entry.kind !== "cronJob") return [{ ...common, deadline, retries }];
  const { schedule: cron, timeZone = "Etc/UTC", concurrency = "Forbid" } = entry;
  return [{ ...common, schedule: { cron, timeZone, concurrency }, deadline, retries }];
}

/** HTTP and gRPC at the port that every service has inside the cluster; what else there is keeps its number. */
function portsOf({ port, ports = {} }: ServiceEntry, kind: ServicePlan["kind"]): PortPlan[] {
  const further = Object.entries(ports).map(([name, port]) => {
    const protocol = name.split("-")[0] as Protocol;
    return { name: name as PortName, protocol, port, servicePort: port };
  });
  if (port === undefined || kind === "worker") return further;
  if (kind === "tcp") return [{ name: `tcp-${port}`, protocol: kind, port, servicePort: port }, ...further];
  return [{ name: kind, protocol: kind, port, servicePort: SERVICE_PORT }, ...further];
}

function metricsOf({ port, metrics }: ServiceEntry, kind: ServicePlan["kind"]): ServicePlan["metrics"] {
  if (metrics === "none" || (metrics === undefined && kind !== "http")) return undefined;
  const at = metrics?.port ?? port;
  return at === undefined ? undefined : { port: at, path: metrics?.path ?? "/metrics" };
}

/** An entry's own probes take all others' place; a kind that speaks no HTTP asks the platform's way of its own. */
function probesOf(
  { probes }: ServiceEntry,
  kind: ServicePlan["kind"],
  { probes: platform }: Pick<Catalog, "probes">,
): ProbesPlan {
  if (probes === "none" || (probes === undefined && kind === "worker")) return {};
  if (probes) {
    const { liveness, readiness, startup } = probes;
    return {
      ...(liveness && { liveness: timed(liveness, platform.liveness) }),
      ...(readiness && { readiness: timed(readiness, platform.readiness) }),
      ...(startup && { startup: timed(startup, STARTUP) }),
    };
  }
  if (kind === "http") return platform;
  const question: Question = kind === "grpc" ? { grpc: "" } : { tcp: true };
  return {
    liveness: timed(question, platform.liveness),
    readiness: timed(question, platform.readiness),
  };
}

function timed(
  question: Question & Partial<Timing>,
  { initialDelay, period, timeout, failures }: Timing,
): Probe {
  return { initialDelay, period, timeout, failures, ...question } as Probe;
}
