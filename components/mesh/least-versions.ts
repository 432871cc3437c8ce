import type { Problem } from "../../model/problems";
import { istio, least } from "../../model/versions";

/** Versions of a cluster, as it tells them: `v1.34.2`, or with a provider's suffix. */
export interface ClusterVersions {
  apiServer: string;
  /** Kubelets by the names of their nodes. */
  kubelets: Readonly<Record<string, string>>;
}

/** What keeps Istio from being installed on a cluster. Pure. */
export function versionProblems(context: string, { apiServer, kubelets }: ClusterVersions): Problem[] {
  const tooOld = Object.entries(kubelets).filter(([, version]) => !isAtLeast(version, least.kubernetes));
  return [
    ...(isAtLeast(apiServer, least.kubernetesOfIstio)
      ? []
      : [
          {
            at: `cluster ${context}`,
            problem: `its API server is ${apiServer}, and Istio ${istio} needs Kubernetes ${least.kubernetesOfIstio} or later`,
            remedy: "upgrade the cluster first",
          },
        ]),
    ...tooOld.map(([node, version]) => ({
      at: `node ${node}`,
      problem: `its kubelet is ${version}, and native sidecars need ${least.kubernetes} or later`,
      remedy: "upgrade the node first",
    })),
  ];
}

/** Whether a version is of a minor release or a later one; one that tells no number is not judged. */
export function isAtLeast(version: string, minor: string): boolean {
  const [found, needed] = [version, minor].map((text) => /(\d+)\.(\d+)/.exec(text)?.slice(1).map(Number));
  if (!found || !needed) return true;
  const [major = 0, rest = 0] = found;
  const [majorNeeded = 0, restNeeded = 0] = needed;
  return major === majorNeeded ? rest >= restNeeded : major > majorNeeded;
}
