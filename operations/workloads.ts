import {
  AutoscalingV2Api,
  CoreV1Api,
  type CoreV1Event,
  KubeConfig,
  type V1LabelSelector,
  type V1Pod,
  type V2HorizontalPodAutoscaler,
} from "@kubernetes/client-node";
import { type Controller, listControllers } from "./controllers";
import { isOwnedBy, type PodReason, worstReason } from "./pod-reasons";
import { latestWarning, type Reason, severities } from "./reasons";

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
  /** Name of the pod that the reason is about. @default it is about the workload itself */
  pod?: string;
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
    found.map((one) => describe(one, namespace, pods.items, events.items, autoscalers.items, config)),
  );
  return workloads.sort((a, b) => a.name.localeCompare(b.name));
}

async function describe(
  { kind, metadata, spec, counts, current, complaint }: Controller,
  namespace: string,
  allPods: V1Pod[],
  events: CoreV1Event[],
  autoscalers: V2HorizontalPodAutoscaler[],
  config: KubeConfig,
): Promise<Workload> {
  const name = metadata?.name ?? "";
  const pods = allPods.filter(
    (pod) => selects(spec?.selector, pod.metadata?.labels ?? {}) && isOwnedBy(kind, pod),
  );
  const ready = current && counts.ready >= counts.desired;
  const reason: Partial<PodReason> | undefined = ready
    ? undefined
    : ((await worstReason(config, pods, events)) ?? ownReason());
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
      ...(reason?.pod && { pod: reason.pod }),
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
  const labelsToMatch = Object.entries(selector?.matchLabels ?? {});
  return labelsToMatch.length > 0 && labelsToMatch.every(([key, value]) => labels[key] === value);
}

function restartsOf(pod: V1Pod): number {
  return (pod.status?.containerStatuses ?? []).reduce((sum, { restartCount }) => sum + restartCount, 0);
}
