import { ApiException, AppsV1Api, type KubeConfig } from "@kubernetes/client-node";

/**
 * The most replicas that any of some Deployments has now, as its autoscaler wants it.
 * @param names of Deployments; one that is not there has none
 */
export async function mostReplicas(
  cluster: KubeConfig,
  namespace: string,
  names: readonly string[],
): Promise<number> {
  const apps = cluster.makeApiClient(AppsV1Api);
  const counts = await Promise.all(
    names.map(async (name) => {
      try {
        return (await apps.readNamespacedDeployment({ namespace, name })).spec?.replicas ?? 0;
      } catch (error) {
        if (error instanceof ApiException && error.code === 404) return 0;
        throw error;
      }
    }),
  );
  return Math.max(0, ...counts);
}
