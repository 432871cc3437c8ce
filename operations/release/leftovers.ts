import { ApiException, AppsV1Api, AutoscalingV2Api, type KubeConfig } from "@kubernetes/client-node";

/**
 * Deletes what a killed Pulumi has made of a new version and not written down: no stack knows of it, and it would get
 * requests as soon as its name is used again.
 */
export async function deleteLeftovers(cluster: KubeConfig, namespace: string, name: string): Promise<void> {
  await gone(
    cluster.makeApiClient(AutoscalingV2Api).deleteNamespacedHorizontalPodAutoscaler({ namespace, name }),
  );
  await gone(cluster.makeApiClient(AppsV1Api).deleteNamespacedDeployment({ namespace, name }));
}

async function gone(deleted: Promise<unknown>): Promise<void> {
  await deleted.catch((error) => {
    if (!(error instanceof ApiException && error.code === 404)) throw error;
  });
}
