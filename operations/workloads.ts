import { PassThrough } from "node:stream";
import { text } from "node:stream/consumers";
import {
  ApiException,
  AutoscalingV2Api,
  CoreV1Api,
  type CoreV1Event,
  KubeConfig,
  Log,
  type V1LabelSelector,
  type V1Pod,
  type V2HorizontalPodAutoscaler,
} from "@kubernetes/client-node";
import { type Controller, listControllers } from "./controllers";
import { latestWarning, type Reason, reasonOf, severities } from "./reasons";

/** One Deployment, StatefulSet, DaemonSet or Job as a person sees it. */
export interface Workload {
  kind: string;
  namespace: string;
  name: string;
  ready: boolean;
  /** Pods that are ready, of those that should be. */
  pods: { ready: number; desired: number };
  /** Image of its first container, without registry and organisation. */
  image: string;
  restarts: number;
  created: Date;
  /** Why it is not ready. */
  reason?: string;
  /** Of the reason: the higher, the less likely that waiting helps. */
  severity?: number;
  autoscaler?: Autoscaler;
}

export interface Autoscaler {
  min: number;
  max: number;
  current: number;
  /** Per cent of the request, by resource; `current` is missing until there are metrics. */
  metrics: { resource: string; current?: number; target?: number }[];
}

/**
 * Every workload of a namespace, in alphabetical order.
 * @param kubeconfig as it is, or path of its file; its current context is asked
 */
export async function listWorkloads(kubeconfig: string | KubeConfig, namespace: string): Promise<Workload[]> {
  const config = typeof kubeconfig === "string" ? new KubeConfig() : kubeconfig;
  if (typeof kubeconfig === "string") config.loadFromFile(kubeconfig);
  const core = config.makeApiClient(CoreV1Api);
  const scope = { namespace };
  const [found, pods, events, autoscalers] = await Promise.all([
    listControllers(config, namespace),
    core.listNamespacedPod(scope),
    core.listNamespacedEvent(scope),
    config.makeApiClient(AutoscalingV2Api).listNamespacedHorizontalPodAutoscaler(scope),
  ]);
  const workloads = await Promise.all(
    found.map((one) =>
      describe(one, namespace, pods.items, events.items, autoscalers.items, new Log(config)),
    ),
  );
  return workloads.sort((a, b) => a.name.localeCompare(b.name));
}

async function describe(
  { kind, metadata, spec, counts, current, complaint }: Controller,
  namespace: string,
  allPods: V1Pod[],
  events: CoreV1Event[],
  autoscalers: V2HorizontalPodAutoscaler[],
  log: Log,
): Promise<Workload> {
  const name = metadata?.name ?? "";
  const pods = allPods.filter(({ metadata }) => selects(spec?.selector, metadata?.labels ?? {}));
  const ready = current && counts.ready >= counts.desired;
  const reason = ready ? undefined : ((await worstReason(pods, events, log)) ?? ownReason());
  const autoscaler = autoscalers.find(
    ({ spec }) => spec?.scaleTargetRef.kind === kind && spec.scaleTargetRef.name === name,
  );
  return {
    kind,
    namespace,
    name,
    ready,
    pods: counts,
    image: spec?.template?.spec?.containers[0]?.image?.split("/").at(-1) ?? "",
    restarts: pods.reduce((sum, pod) => sum + restartsOf(pod), 0),
    created: new Date(metadata?.creationTimestamp ?? 0),
    ...(!ready && {
      reason: reason?.text ?? (current ? "pods are starting" : "is being rolled out"),
      severity: reason?.severity ?? severities.starting,
    }),
    ...(autoscaler && { autoscaler: describeAutoscaler(autoscaler) }),
  };

  /** Its controller's complaint, or the newest event of its own. */
  function ownReason(): Reason | undefined {
    if (complaint) return { severity: severities.failed, text: complaint };
    const own = events.filter(
      ({ involvedObject }) => involvedObject.kind === kind && involvedObject.name === name,
    );
    const warning = latestWarning(own);
    return warning ? { severity: severities.stuck, text: warning } : undefined;
  }
}

/** What the pod in the worst state says, with the last words of a container that ended. */
async function worstReason(pods: V1Pod[], events: CoreV1Event[], log: Log): Promise<Reason | undefined> {
  const reasons = pods.flatMap((pod) => {
    const own = events.filter(({ involvedObject }) => involvedObject.uid === pod.metadata?.uid);
    const reason = reasonOf(pod, own);
    return reason ? [{ pod, ...reason }] : [];
  });
  const [worst] = reasons.sort((a, b) => b.severity - a.severity);
  if (!worst?.crashed) return worst;
  const lastWords = await lastLogLine(worst.pod, worst.crashed, log);
  return lastWords ? { ...worst, text: `${worst.text}: ${lastWords}` } : worst;
}

/** Nothing when the container wrote nothing, or its log cannot be had: the rest of the reason stands without. */
async function lastLogLine(pod: V1Pod, container: string, log: Log): Promise<string | undefined> {
  const { name = "", namespace = "" } = pod.metadata ?? {};
  const statuses = [...(pod.status?.initContainerStatuses ?? []), ...(pod.status?.containerStatuses ?? [])];
  const previous = !statuses.find((status) => status.name === container)?.state?.terminated;
  const lines = new PassThrough();
  try {
    await log.log(namespace, name, container, lines, { previous, tailLines: 1 });
  } catch (error) {
    if (error instanceof ApiException) return undefined;
    throw error;
  }
  return (await text(lines)).trim() || undefined;
}

function describeAutoscaler({ spec, status }: V2HorizontalPodAutoscaler): Autoscaler {
  const targets = (spec?.metrics ?? []).flatMap(({ containerResource }) => containerResource ?? []);
  return {
    min: spec?.minReplicas ?? 1,
    max: spec?.maxReplicas ?? 1,
    current: status?.currentReplicas ?? 0,
    metrics: targets.map(({ name, target }) => ({
      resource: name,
      current: status?.currentMetrics?.find(({ containerResource }) => containerResource?.name === name)
        ?.containerResource?.current.averageUtilization,
      target: target.averageUtilization,
    })),
  };
}

function selects(selector: V1LabelSelector | undefined, labels: Record<string, string>): boolean {
  const wanted = Object.entries(selector?.matchLabels ?? {});
  return wanted.length > 0 && wanted.every(([key, value]) => labels[key] === value);
}

function restartsOf(pod: V1Pod): number {
  return (pod.status?.containerStatuses ?? []).reduce((sum, { restartCount }) => sum + restartCount, 0);
}
