import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import type { ScalingMetric } from "../../model/autoscaler";
import type { AutoscalerPlan } from "../../model/scaling";
import type { PlatformContext } from "../kube/context";
import { labelsOf } from "../kube/labels";

type MetricSpec = k8s.types.input.autoscaling.v2.MetricSpec;

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
  /** What it goes by (docs/requirements.md, O6). */
  targets: AutoscalerPlan;
}

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
  { namespace, platform, app, deployment, replicas, targets }: AutoscalerArgs,
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
        metrics: metricsOf(app, targets),
        behavior: BEHAVIOR,
      },
    },
    { ...opts, dependsOn: deployment.exists },
  );
}

function metricsOf(container: string, { cpu, memory, metrics }: AutoscalerPlan): MetricSpec[] {
  const resources = Object.entries({ cpu, memory }).flatMap(([name, averageUtilization]) =>
    averageUtilization === undefined ? [] : [{ name, averageUtilization }],
  );
  return [
    ...resources.map(({ name, averageUtilization }) => ({
      type: "ContainerResource",
      containerResource: { name, container, target: { type: "Utilization", averageUtilization } },
    })),
    ...metrics.map(customMetric),
  ];
}

function customMetric(custom: ScalingMetric): MetricSpec {
  const target = { type: "AverageValue", averageValue: custom.averageValue };
  if (custom.type === "Pods") return { type: "Pods", pods: { metric: { name: custom.metric }, target } };
  const selector = custom.labels && { matchLabels: { ...custom.labels } };
  return {
    type: "External",
    external: { metric: { name: custom.metric, ...(selector && { selector }) }, target },
  };
}
