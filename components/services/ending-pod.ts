import type * as k8s from "@pulumi/kubernetes";
import { labelsOf } from "../kube/labels";
import { type ServicePodArgs, servicePod, type Version } from "./pod";

/** What a pod that ends by itself has of its own. */
export interface EndingPodArgs extends Pick<Version, "version" | "image"> {
  /** Value of the `app` label, and name of the ServiceAccount. */
  app: string;
}

/**
 * The pod of a workload without what only matters while one serves: ports, probes, containers beside its own, and the wait before its end. It reads
 * what it is given once, when it runs; a changed secret makes it not run again, hence it has no fingerprints either.
 */
export function endingPod(args: ServicePodArgs, { app, version, image }: EndingPodArgs) {
  const { port, ports, metrics, probes, containers, ...workload } = args.service;
  const { spec } = servicePod(
    { ...args, service: { ...workload, name: app } },
    { version, image, track: "stable" },
  );
  return {
    metadata: { labels: labelsOf(app, args.platform), annotations: args.sidecar },
    spec: {
      ...spec,
      restartPolicy: "Never",
      containers: spec.containers.map(({ lifecycle: _, ...container }) => container),
    },
  } satisfies k8s.types.input.core.v1.PodTemplateSpec;
}

/** That a node is drained or lost is no failure of the program. */
export const failurePolicy = {
  rules: [{ action: "Ignore", onPodConditions: [{ type: "DisruptionTarget", status: "True" }] }],
} satisfies k8s.types.input.batch.v1.PodFailurePolicy;
