import {
  ApiException,
  AppsV1Api,
  AutoscalingV2Api,
  BatchV1Api,
  type KubeConfig,
} from "@kubernetes/client-node";
import { migrationJobOf, releaseOf } from "../../model/names";
import { pause } from "./pause";

/** Milliseconds that its pods may take to end: they answer their last requests first. */
const TIMEOUT = 120_000;

/**
 * Deletes what a killed Pulumi has made of a new version and not written down: no stack knows of it, and it would get
 * requests as soon as its name is used again. Ends when nothing is left of it.
 * @param version whose Deployment, HorizontalPodAutoscaler and migration are meant
 */
export async function deleteLeftovers(
  cluster: KubeConfig,
  namespace: string,
  service: string,
  version: string,
): Promise<void> {
  const name = releaseOf(service, version);
  const autoscalers = cluster.makeApiClient(AutoscalingV2Api);
  const deployments = cluster.makeApiClient(AppsV1Api);
  const jobs = cluster.makeApiClient(BatchV1Api);
  const migration = migrationJobOf(service, version);
  await found(jobs.deleteNamespacedJob({ namespace, name: migration, propagationPolicy: "Background" }));
  await found(autoscalers.deleteNamespacedHorizontalPodAutoscaler({ namespace, name }));
  await found(deployments.deleteNamespacedDeployment({ namespace, name, propagationPolicy: "Foreground" }));
  for (
    const end = Date.now() + TIMEOUT;
    await found(deployments.readNamespacedDeployment({ namespace, name }));
  ) {
    if (Date.now() > end) {
      throw new Error(
        `Deployment ${name} was deleted ${TIMEOUT / 1000} s ago, and is still there: see npx ops status --stack <stack>`,
      );
    }
    await pause(500);
  }
}

/** Whether the object of a request is there. */
async function found(request: Promise<unknown>): Promise<boolean> {
  try {
    await request;
    return true;
  } catch (error) {
    if (error instanceof ApiException && error.code === 404) return false;
    throw error;
  }
}
