import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import type { PlatformContext } from "./context";
import { labelsOf } from "./kube/labels";

/** What {@link createAutoscaler} scales. */
export interface AutoscalerArgs extends Pick<PlatformContext, "namespace" | "platform"> {
  /** Value of the `app` label. */
  app: string;
  /** Name of the Deployment. */
  deployment: pulumi.Input<string>;
  replicas: { min: number; max: number };
}

/** Per cent of what the pods request, averaged over them (orchestration document, section 3). */
const TARGETS = { cpu: 70, memory: 80 };

/**
 * How fast the number of pods changes (discovery document, Scaling Behavior). Up at once and twofold; down by a tenth
 * a minute, once the highest need of two minutes has passed: a lull between two bursts costs no pods, and scaling
 * down still begins well within the five minutes of the document's targets. Of a few pods a tenth is one.
 */
const BEHAVIOR = {
  scaleUp: {
    selectPolicy: "Max",
    stabilizationWindowSeconds: 0,
    policies: [{ type: "Percent", value: 100, periodSeconds: 15 }],
  },
  scaleDown: {
    selectPolicy: "Max",
    stabilizationWindowSeconds: 120,
    policies: [{ type: "Percent", value: 10, periodSeconds: 60 }],
  },
};

/** The owner of a Deployment's number of replicas. */
export function createAutoscaler(
  name: string,
  { namespace, platform, app, deployment, replicas }: AutoscalerArgs,
  opts: pulumi.CustomResourceOptions,
): k8s.autoscaling.v2.HorizontalPodAutoscaler {
  return new k8s.autoscaling.v2.HorizontalPodAutoscaler(
    name,
    {
      metadata: { name: app, namespace, labels: labelsOf(app, platform) },
      spec: {
        scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: deployment },
        minReplicas: replicas.min,
        maxReplicas: replicas.max,
        metrics: Object.entries(TARGETS).map(([resource, averageUtilization]) => ({
          type: "Resource",
          resource: { name: resource, target: { type: "Utilization", averageUtilization } },
        })),
        behavior: BEHAVIOR,
      },
    },
    opts,
  );
}
