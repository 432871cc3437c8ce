import { CoreV1Api, type KubeConfig, type V1Pod } from "@kubernetes/client-node";
import { selectorOf } from "../../components/kube/labels";
import type { ServicePlan } from "../../model/plan";
import { isOwnedBy, worstReason } from "../pod-reasons";
import { askPod } from "../pod-request";

/** The pods of the version that is being released. */
export interface Pods {
  ready: number;
  /** That there are, the ones that are going left out. */
  all: number;
  names: string[];
  /** How often their containers were started again. */
  restarts: number;
  /** Why the first that is not ready is not. */
  reason?: string;
  /** Waiting does not help: a container has crashed, or its image is not to be had. */
  hopeless: boolean;
}

/** Where the pods of a version are. */
export interface Target {
  cluster: KubeConfig;
  namespace: string;
  service: ServicePlan;
  version: string;
}

/** Looks at them. */
export async function readPods({ cluster, namespace, service, version }: Target): Promise<Pods> {
  const core = cluster.makeApiClient(CoreV1Api);
  const labels = { ...selectorOf(service.name), track: "canary", version };
  const labelSelector = Object.entries(labels)
    .map((pair) => pair.join("="))
    .join(",");
  const { items } = await core.listNamespacedPod({ namespace, labelSelector });
  const pods = items.filter(isCounted);
  const unready = pods.filter((pod) => !isReady(pod));
  const events = unready.length > 0 ? (await core.listNamespacedEvent({ namespace })).items : [];
  const worst = await worstReason(cluster, unready, events);
  const restarts = pods.reduce((sum, pod) => sum + restartsOf(pod), 0);
  return {
    ready: pods.length - unready.length,
    all: pods.length,
    names: pods.map(({ metadata }) => metadata?.name ?? ""),
    restarts,
    reason: worst && `${worst.pod}: ${worst.text}`,
    hopeless: restarts > 0 || unready.some(cannotStart),
  };
}

/** The paths that a new pod has to answer: its readiness probe's, where that is one of HTTP at its own port. */
export function smokePathsOf({ probes, port }: ServicePlan, more: readonly string[]): string[] {
  const { path, port: probed = port } = probes.readiness ?? {};
  return [...(path !== undefined && probed === port ? [path] : []), ...more];
}

/**
 * Asks each pod at its own address, past every Service, whether it is what it should be.
 * @param paths that have to answer with a status below 400
 * @returns what is wrong, one line each
 */
export async function smokeTest(
  target: Target,
  { names }: Pods,
  paths: readonly string[],
): Promise<string[]> {
  const { cluster, namespace, service } = target;
  const { port } = service;
  if (port === undefined) return [];
  const problems = await Promise.all(
    names.flatMap((pod) =>
      paths.map(async (path) => {
        try {
          const { status } = await askPod(cluster, { namespace, pod, port }, path);
          return status < 400 ? [] : [`${pod} answers ${path} with ${status}`];
        } catch (error) {
          return [`${pod} does not answer ${path}: ${(error as Error).message}`];
        }
      }),
    ),
  );
  return problems.flat();
}

/** Not one that is going, nor one that has ended: a Job's with the same labels, or an evicted one that was replaced. */
const isCounted = (pod: V1Pod) =>
  !pod.metadata?.deletionTimestamp &&
  !["Succeeded", "Failed"].includes(pod.status?.phase ?? "") &&
  isOwnedBy("Deployment", pod);

const isReady = ({ status }: V1Pod) =>
  status?.conditions?.some(({ type, status }) => type === "Ready" && status === "True") ?? false;

/** A sidecar is none of the version's. */
const restartsOf = ({ status }: V1Pod) =>
  (status?.containerStatuses ?? []).reduce((sum, { restartCount }) => sum + restartCount, 0);

const cannotStart = ({ status }: V1Pod) =>
  (status?.containerStatuses ?? []).some(({ state }) =>
    ["ErrImagePull", "ImagePullBackOff", "CreateContainerConfigError", "CrashLoopBackOff"].includes(
      state?.waiting?.reason ?? "",
    ),
  );
