import type {
  CoreV1Event,
  V1ContainerStateTerminated,
  V1ContainerStatus,
  V1Pod,
} from "@kubernetes/client-node";

/** Why a pod is not ready. */
export interface Reason {
  /** The higher, the less likely that waiting helps. */
  severity: number;
  text: string;
  /** The container that ended and whose last words explain it. */
  crashed?: string;
}

/** What waiting will not change is worse than what it may. */
export const severities = { failed: 3, stuck: 2, starting: 1 };
const { failed: FAILED, stuck: STUCK, starting: STARTING } = severities;

/** What the scheduler says of nodes that are full. */
const NO_ROOM = /\bInsufficient \w|Too many pods/;

/** Waiting reasons of a container that only say that it has not started yet. */
const NORMAL = ["ContainerCreating", "PodInitializing"];

/**
 * Why a pod is not ready, in the words of the scheduler, the kubelet or its probes.
 * @param events of this pod, in any order
 * @returns nothing when it is ready, or has done its work
 */
export function reasonOf(pod: V1Pod, events: readonly CoreV1Event[]): Reason | undefined {
  const { phase, conditions = [], initContainerStatuses = [], containerStatuses = [] } = pod.status ?? {};
  const condition = (type: string) => conditions.find((one) => one.type === type);
  if (phase === "Succeeded" || condition("Ready")?.status === "True") return undefined;
  if (pod.metadata?.deletionTimestamp) return { severity: STARTING, text: "is being deleted" };
  const scheduled = condition("PodScheduled");
  if (scheduled?.status === "False") {
    const message = scheduled.message ?? scheduled.reason ?? "";
    const room = NO_ROOM.test(message) ? "unschedulable, no room on any node" : "unschedulable";
    return { severity: STUCK, text: `${room}: ${message}` };
  }
  if (phase === "Failed") {
    return {
      severity: FAILED,
      text: [pod.status?.reason ?? "failed", pod.status?.message].filter(Boolean).join(": "),
    };
  }
  const containers = [...initContainerStatuses, ...containerStatuses].flatMap(
    (status) => ofContainer(status) ?? [],
  );
  const [worst] = containers.sort((a, b) => b.severity - a.severity);
  if (worst) return worst;
  const sidecars = (pod.spec?.initContainers ?? []).filter(({ restartPolicy }) => restartPolicy === "Always");
  const isSidecar = (container: string) => sidecars.some(({ name }) => name === container);
  const waitsIn = initContainerStatuses.find(({ name, state }) => state?.running && !isSidecar(name));
  if (waitsIn) return { severity: STARTING, text: `waits in init container ${waitsIn.name}` };
  const warning = latestWarning(events);
  const again = containerStatuses.map(startsAgain).find(Boolean);
  if (!warning) return again ?? { severity: STARTING, text: "is starting" };
  // A probe of a container that has just ended tells less than its end.
  return { severity: STUCK, text: [again?.text, oneLine(warning)].filter(Boolean).join(": ") };
}

function ofContainer({ name, state, lastState, ready }: V1ContainerStatus): Reason | undefined {
  const ended = state?.terminated ?? (state?.waiting && lastState?.terminated);
  if (ended && !(ended.exitCode === 0 && ready)) {
    const restarts = state?.waiting?.reason === "CrashLoopBackOff" ? "CrashLoopBackOff: " : "";
    return { severity: FAILED, text: `${restarts}${name} ${endOf(ended)}`, crashed: name };
  }
  const waiting = state?.waiting;
  if (!waiting || NORMAL.includes(waiting.reason ?? "")) return undefined;
  return { severity: STUCK, text: oneLine([waiting.reason, waiting.message].filter(Boolean).join(": ")) };
}

/** It runs, and is not ready yet, after it has ended once. */
function startsAgain({ name, state, lastState }: V1ContainerStatus): Reason | undefined {
  const ended = lastState?.terminated;
  if (!state?.running || !ended?.exitCode) return undefined;
  return { severity: STARTING, text: `${name} ${endOf(ended)}, and is starting again`, crashed: name };
}

function endOf({ reason, exitCode }: V1ContainerStateTerminated): string {
  return reason === "OOMKilled" ? "was killed: over its memory limit" : `ended with ${exitCode}`;
}

/** The newest complaint, such as a failing probe or a volume that cannot be mounted. */
export function latestWarning(events: readonly CoreV1Event[]): string | undefined {
  const time = (event: CoreV1Event) =>
    Number(event.lastTimestamp ?? event.eventTime ?? event.firstTimestamp ?? 0);
  return events.filter(({ type }) => type === "Warning").sort((a, b) => time(b) - time(a))[0]?.message;
}

function oneLine(text: string): string {
  return text.trim().replace(/\s+/g, " ");
}
