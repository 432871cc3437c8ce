import { CoreV1Api, type KubeConfig, type V1Pod } from "@kubernetes/client-node";
import { isAtLeast } from "../../components/mesh/least-versions";
import { least } from "../../model/versions";
import type { Stack } from "../stack/stack-file";

const PROXY = "istio-proxy";

/** Asks the cluster. Without a mesh there is nothing to say. */
export async function readSidecarProblems(
  cluster: KubeConfig,
  { plan }: Pick<Stack, "plan">,
): Promise<string[]> {
  if (!plan.mesh.enabled) return [];
  const { items } = await cluster.makeApiClient(CoreV1Api).listNamespacedPod({ namespace: plan.namespace });
  return sidecarProblems(items);
}

/**
 * Whether the Istio of a cluster, of any origin, does what the platform relies on: each running pod has a
 * native sidecar, of a version that serves the platform's objects. Pure.
 */
export function sidecarProblems(pods: readonly V1Pod[]): string[] {
  const running = pods.filter(
    ({ metadata, status }) =>
      status?.phase === "Running" &&
      !metadata?.deletionTimestamp &&
      metadata?.labels?.["sidecar.istio.io/inject"] !== "false",
  );
  return [
    ...told(
      running.filter((pod) => !proxyOf(pod)),
      "without a sidecar: bring Istio up, then restart them",
    ),
    ...told(
      running.filter((pod) => proxyOf(pod) && !isNative(pod)),
      "with a sidecar that is no native one: set ENABLE_NATIVE_SIDECARS in istiod, as the stack istio does",
    ),
    ...told(
      running.filter((pod) => !isAtLeast(versionOf(pod), least.istio)),
      `with a sidecar older than Istio ${least.istio}: upgrade Istio, then restart them`,
    ),
  ];
}

function told(pods: readonly V1Pod[], what: string): string[] {
  const [first] = pods;
  return first ? [`${pods.length} of its pods run ${what}; one is ${first.metadata?.name}`] : [];
}

const proxyOf = ({ spec }: V1Pod) =>
  [...(spec?.initContainers ?? []), ...(spec?.containers ?? [])].find(({ name }) => name === PROXY);

const isNative = (pod: V1Pod): boolean => proxyOf(pod)?.restartPolicy === "Always";

/** Of a tag such as `1.31.4-distroless`; a digest tells none. */
const versionOf = (pod: V1Pod): string => /:(\d[\w.-]*)/.exec(proxyOf(pod)?.image ?? "")?.[1] ?? "";
