import type {
  V1Container,
  V1Deployment,
  V1PodSpec,
  V2HorizontalPodAutoscaler,
} from "@kubernetes/client-node";
import { quantity } from "../../model/quantity";
import { list } from "./object";
import type { Change } from "./preview";

/** Cores and bytes. */
export interface Amount {
  cpu: number;
  memory: number;
}

/** What an environment asks its nodes for: with as few pods as its autoscalers allow, and with as many. */
export interface Requested {
  least: Amount;
  most: Amount;
}

const WORKLOADS = ["Deployment", "StatefulSet", "ReplicaSet", "DaemonSet"];

/** Sums the requests of all workloads, before or after. A DaemonSet counts once: the number of nodes is not known. */
export function requestedBy(changes: readonly Change[], when: "old" | "new"): Requested {
  const total: Requested = { least: { cpu: 0, memory: 0 }, most: { cpu: 0, memory: 0 } };
  const present = changes.flatMap((change) => {
    const state = change[when];
    return state ? [{ kind: change.kind, inputs: state.inputs }] : [];
  });
  const scalers = present
    .filter(({ kind }) => kind === "HorizontalPodAutoscaler")
    .map(({ inputs }) => inputs as Partial<V2HorizontalPodAutoscaler>);
  for (const { kind, inputs } of present) {
    if (!WORKLOADS.includes(kind)) continue;
    const workload = inputs as Partial<V1Deployment>;
    const pod = podRequests(workload.spec?.template?.spec);
    const { min, max } = replicasOf(kind, workload, scalers);
    add(total.least, pod, min);
    add(total.most, pod, max);
  }
  return total;
}

function add(total: Amount, { cpu, memory }: Amount, count: number): void {
  // Thousandths are the smallest there are; without rounding, sums of them would not be.
  total.cpu = Math.round((total.cpu + cpu * count) * 1000) / 1000;
  total.memory += memory * count;
}

function replicasOf(
  kind: string,
  { spec, metadata }: Partial<V1Deployment>,
  scalers: readonly Partial<V2HorizontalPodAutoscaler>[],
): { min: number; max: number } {
  const scaler = scalers.find(({ spec, metadata: own }) => {
    const { kind: of, name } = spec?.scaleTargetRef ?? {};
    return of === kind && name === metadata?.name && own?.namespace === metadata?.namespace;
  });
  const fixed = spec?.replicas ?? 1;
  return scaler
    ? { min: scaler.spec?.minReplicas ?? 1, max: scaler.spec?.maxReplicas ?? 1 }
    : { min: fixed, max: fixed };
}

/** What the scheduler reserves: all containers and sidecars together, or the largest init container if that is more. */
function podRequests(spec: V1PodSpec | undefined): Amount {
  const isSidecar = ({ restartPolicy }: V1Container) => restartPolicy === "Always";
  const first = list(spec?.initContainers);
  const running = [...list(spec?.containers), ...first.filter(isSidecar)];
  const starting = first.filter((one) => !isSidecar(one));
  const amount = (of: keyof Amount) =>
    Math.max(
      running.reduce((sum, one) => sum + requestOf(one, of), 0),
      ...starting.map((one) => requestOf(one, of)),
    );
  return { cpu: amount("cpu"), memory: amount("memory") };
}

/** Without a request Kubernetes takes the limit. */
function requestOf({ resources }: V1Container, of: keyof Amount): number {
  const text = resources?.requests?.[of] ?? resources?.limits?.[of];
  return text === undefined ? 0 : quantity(String(text));
}
