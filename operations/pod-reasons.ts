import { PassThrough } from "node:stream";
import { text } from "node:stream/consumers";
import { ApiException, type CoreV1Event, type KubeConfig, Log, type V1Pod } from "@kubernetes/client-node";
import { causeOf, LINES } from "./crash-line";
import { type Reason, reasonOf } from "./reasons";

/** Why a pod is not ready, and which one it is. */
export interface PodReason extends Reason {
  pod: string;
}

/** What owns the pods of each kind. */
const OWNERS: Readonly<Record<string, string>> = { Deployment: "ReplicaSet" };

/**
 * Whether a pod is one of a workload's, whose labels it has: another workload's pods may have the same ones, such as a
 * Job's that has ended. A pod without an owner may belong to any of them.
 */
export function isOwnedBy(kind: string, { metadata }: V1Pod): boolean {
  const owner = metadata?.ownerReferences?.find(({ controller }) => controller)?.kind;
  return owner === undefined || owner === (OWNERS[kind] ?? kind);
}

/** Why the pod in the worst state is not ready, with the line of its log that says why its container crashed. */
export async function worstReason(
  cluster: KubeConfig,
  pods: readonly V1Pod[],
  events: readonly CoreV1Event[],
): Promise<PodReason | undefined> {
  const reasons = pods.flatMap((pod) => {
    const own = events.filter(({ involvedObject }) => involvedObject.uid === pod.metadata?.uid);
    const reason = reasonOf(pod, own);
    return reason ? [{ pod, ...reason }] : [];
  });
  const [worst] = reasons.sort((a, b) => b.severity - a.severity);
  if (!worst) return undefined;
  const { pod, ...reason } = worst;
  const cause = worst.crashed && (await causeInLog(pod, worst.crashed, new Log(cluster)));
  return {
    ...reason,
    pod: pod.metadata?.name ?? "",
    text: cause ? `${reason.text}: ${cause}` : reason.text,
  };
}

/** Nothing when the container wrote nothing, or its log cannot be had: the rest of the reason stands without. */
async function causeInLog(pod: V1Pod, container: string, log: Log): Promise<string | undefined> {
  const { name = "", namespace = "" } = pod.metadata ?? {};
  const statuses = [...(pod.status?.initContainerStatuses ?? []), ...(pod.status?.containerStatuses ?? [])];
  const previous = !statuses.find((status) => status.name === container)?.state?.terminated;
  const lines = new PassThrough();
  try {
    await log.log(namespace, name, container, lines, { previous, tailLines: LINES });
  } catch (error) {
    if (error instanceof ApiException) return undefined;
    throw error;
  }
  return causeOf(await text(lines));
}
