import {
  ApiException,
  AppsV1Api,
  AutoscalingV2Api,
  BatchV1Api,
  type KubeConfig,
} from "@kubernetes/client-node";
import { migrationOf } from "../../model/edges";
import { pause } from "./pause";

/** Milliseconds that its pods may take to end: they answer what they have been asked first. */
const TIMEOUT = 120_000;

/**
 * Deletes what a killed Pulumi has made of a new version and not written down: no stack knows of it, and it would get
 * requests as soon as its name is used again. Ends when nothing is left of it, whoever has deleted it.
 * @param version whose Deployment, HorizontalPodAutoscaler and migration are meant
 */
export async function deleteLeftovers(
  cluster: KubeConfig,
  namespace: string,
  service: string,
  version: string,
): Promise<void> {
  const name = `${service}-${version}`;
  const autoscalers = cluster.makeApiClient(AutoscalingV2Api);
  const deployments = cluster.makeApiClient(AppsV1Api);
  const jobs = cluster.makeApiClient(BatchV1Api);
  const migration = `${migrationOf(service)}-${version}`;
  await found(jobs.deleteNamespacedJob({ namespace, name: migration, propagationPolicy: "Background" }));
  await found(autoscalers.deleteNamespacedHorizontalPodAutoscaler({ namespace, name }));
  await found(deployments.deleteNamespacedDeployment({ namespace, name, propagationPolicy: "Foreground" }));
  for (
    const end = Date.now() + TIMEOUT;
    await found(deployments.readNamespacedDeployment({ namespace, name }));
  ) {
    if (Date.now() > end) {
      throw new Error(
        `Deployment ${name} was deleted ${TIMEOUT / 1000} s ago, and is still there: see npx ops status`,
      );
    }
    await pause(500);
  }
}

/** Whether what was asked for is there. */
async function found(asked: Promise<unknown>): Promise<boolean> {
  try {
    await asked;
    return true;
  } catch (error) {
    if (error instanceof ApiException && error.code === 404) return false;
    throw error;
  }
}
