import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import type { PlatformContext } from "../kube/context";
import { labelsOf } from "../kube/labels";

/** What {@link createAutoscaler} scales. */
export interface AutoscalerArgs extends Pick<PlatformContext, "namespace" | "platform"> {
  /** Value of the `app` label, and name of the container that is measured: a sidecar beside it is not. */
  app: string;
  /**
   * The Deployment: its name, which is the autoscaler's too, and the resource to wait for: at a release's finish the least
   * number of replicas sinks only once the new pods are ready.
   */
  deployment: { name: string; exists: pulumi.Resource };
  replicas: { min: number; max: number };
}

/** Per cent of what the service's containers request, averaged over them (docs/requirements.md, O6). */
const TARGETS = { cpu: 70, memory: 80 };

/**
 * How fast the number of pods changes (docs/requirements.md, D3). Up at once and twofold; down by a tenth
 * a minute, once the highest need of two minutes has passed: a lull between two bursts costs no pods, and scaling
 * down still begins well within the five minutes of D11. Of a few pods a tenth is one.
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
      metadata: { name: deployment.name, namespace, labels: labelsOf(app, platform) },
      spec: {
        scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: deployment.name },
        minReplicas: replicas.min,
        maxReplicas: replicas.max,
        metrics: Object.entries(TARGETS).map(([resource, averageUtilization]) => ({
          type: "ContainerResource",
          containerResource: {
            name: resource,
            container: app,
            target: { type: "Utilization", averageUtilization },
          },
        })),
        behavior: BEHAVIOR,
      },
    },
    { ...opts, dependsOn: deployment.exists },
  );
}
