import {
  AppsV1Api,
  BatchV1Api,
  type KubeConfig,
  type V1Job,
  type V1LabelSelector,
  type V1ObjectMeta,
  type V1PodTemplateSpec,
} from "@kubernetes/client-node";

/** What Deployments, StatefulSets, DaemonSets and Jobs have in common. */
export interface Controller {
  kind: string;
  metadata?: V1ObjectMeta;
  spec?: { template?: V1PodTemplateSpec; selector?: V1LabelSelector };
  counts: { ready: number; desired: number };
  /** The controller has acted on the latest version of the object. */
  current: boolean;
  /** The controller's own complaint, such as a pod that the API server refuses. */
  complaint?: string;
}

/** Everything in a namespace that runs pods. */
export async function listControllers(config: KubeConfig, namespace: string): Promise<Controller[]> {
  const apps = config.makeApiClient(AppsV1Api);
  const [deployments, statefulSets, daemonSets, jobs] = await Promise.all([
    apps.listNamespacedDeployment({ namespace }),
    apps.listNamespacedStatefulSet({ namespace }),
    apps.listNamespacedDaemonSet({ namespace }),
    config.makeApiClient(BatchV1Api).listNamespacedJob({ namespace }),
  ]);
  const isCurrent = (metadata?: V1ObjectMeta, observed?: number) =>
    (observed ?? 0) >= (metadata?.generation ?? 0);
  return [
    ...deployments.items.map(({ metadata, spec, status }): Controller => {
      const desired = spec?.replicas ?? 1;
      const counts = { ready: status?.readyReplicas ?? 0, desired };
      const rolledOut = (status?.updatedReplicas ?? 0) >= desired && (status?.replicas ?? 0) === desired;
      const complaint = status?.conditions?.find(({ type }) => type === "ReplicaFailure")?.message;
      const current = isCurrent(metadata, status?.observedGeneration) && rolledOut;
      return { kind: "Deployment", metadata, spec, counts, current, complaint };
    }),
    ...statefulSets.items.map(({ metadata, spec, status }): Controller => {
      const counts = { ready: status?.readyReplicas ?? 0, desired: spec?.replicas ?? 1 };
      const rolledOut = status?.currentRevision === status?.updateRevision;
      const current = isCurrent(metadata, status?.observedGeneration) && rolledOut;
      return { kind: "StatefulSet", metadata, spec, counts, current };
    }),
    ...daemonSets.items.map(({ metadata, spec, status }): Controller => {
      const desired = status?.desiredNumberScheduled ?? 0;
      const counts = { ready: status?.numberReady ?? 0, desired };
      const rolledOut = (status?.updatedNumberScheduled ?? 0) >= desired;
      const current = isCurrent(metadata, status?.observedGeneration) && rolledOut;
      return { kind: "DaemonSet", metadata, spec, counts, current };
    }),
    ...jobs.items.filter(isNoRun).map(({ metadata, spec, status }): Controller => {
      const counts = { ready: status?.succeeded ?? 0, desired: spec?.completions ?? 1 };
      const complaint = status?.conditions?.find(
        ({ type, status }) => type === "Failed" && status === "True",
      )?.message;
      return { kind: "Job", metadata, spec, counts, current: true, complaint };
    }),
  ];
}

/** A cron job's runs come and go: one that runs, or failed last night, is nothing to wait for. */
const isNoRun = ({ metadata }: V1Job): boolean =>
  !metadata?.ownerReferences?.some(({ kind }) => kind === "CronJob");
