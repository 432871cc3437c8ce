import type { Source } from "./tool";

/** Module of everything that is compiled for a cluster: one version of each Go package, so that it compiles once. */
export const CLUSTER_MODULE = "kubernetes";

/**
 * Programs of it. All get the same tags, as a package that is built with others is another one: those of Kubernetes' own
 * release, and for Prometheus that nothing but Kubernetes finds targets here.
 */
export function clusterSource(...packages: string[]): Source {
  return {
    module: CLUSTER_MODULE,
    packages,
    tags: ["selinux", "notest", "grpcnotrace", "remove_all_sd", "enable_kubernetes_sd"],
  };
}
