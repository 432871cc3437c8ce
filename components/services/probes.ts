import type * as k8s from "@pulumi/kubernetes";
import type { PodPlan } from "../../model/plan";
import type { Probe } from "../../model/probes";

/** Name of the port that only Prometheus connects to. */
const METRICS = "http-metrics";

/** The annotation by which a pod says that its catalog leaves probes out on purpose: the house rules ask for them. */
const UNPROBED = "platform/unprobed";

/** The ports of a container: those of its Service, and that of its metrics. */
export function containerPorts({
  ports = [],
  metrics,
}: PodPlan): Pick<k8s.types.input.core.v1.Container, "ports"> {
  const named = ports.map(({ name, port }) => ({ name, containerPort: port }));
  const isNamed = !metrics || ports.some(({ port }) => port === metrics.port);
  const all = isNamed ? named : [...named, { name: METRICS, containerPort: metrics.port }];
  return all.length > 0 ? { ports: all } : {};
}

/** Every probe of a container, as Kubernetes has them. */
export function probesOf(workload: PodPlan) {
  const { liveness, readiness, startup } = workload.probes ?? {};
  const probe = (of: Probe | undefined) => of && probeOf(of, workload);
  return {
    ...(startup && { startupProbe: probe(startup) }),
    ...(liveness && { livenessProbe: probe(liveness) }),
    ...(readiness && { readinessProbe: probe(readiness) }),
  };
}

/** Which of the two probes that every service has this one does without. A job has none to miss. */
export function unprobedAnnotation({ probes }: PodPlan): Record<string, string> {
  if (!probes) return {};
  const missing = (["liveness", "readiness"] as const).filter((kind) => !probes[kind]);
  return missing.length > 0 ? { [UNPROBED]: missing.map((kind) => `${kind}Probe`).join(",") } : {};
}

function probeOf(probe: Probe, workload: PodPlan): k8s.types.input.core.v1.Probe {
  return {
    ...askOf(probe, workload),
    initialDelaySeconds: probe.initialDelay,
    periodSeconds: probe.period,
    timeoutSeconds: probe.timeout,
    failureThreshold: probe.failures,
  };
}

function askOf(probe: Probe, { ports = [], port: own }: PodPlan): k8s.types.input.core.v1.Probe {
  if (probe.exec) return { exec: { command: [...probe.exec] } };
  const port = probe.port ?? own ?? 0;
  const name = ports.find((one) => one.port === port)?.name ?? port;
  if (probe.path !== undefined) return { httpGet: { path: probe.path, port: name } };
  if (probe.grpc === undefined) return { tcpSocket: { port: name } };
  // Of gRPC Kubernetes takes a number alone.
  return { grpc: { port, ...(probe.grpc && { service: probe.grpc }) } };
}
