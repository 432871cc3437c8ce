import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import type { PlatformContext } from "./context";
import { labelsOf, selectorOf } from "./labels";

/**
 * How many pods of a workload a drained node, or any other planned disruption, may take at once: one. Not a least
 * number that has to stay: with a single replica that would keep every node from ever being drained.
 */
export function createDisruptionBudget(
  name: string,
  app: string,
  { namespace, platform }: Pick<PlatformContext, "namespace" | "platform">,
  opts: pulumi.CustomResourceOptions,
): k8s.policy.v1.PodDisruptionBudget {
  return new k8s.policy.v1.PodDisruptionBudget(
    name,
    {
      metadata: { name: app, namespace, labels: labelsOf(app, platform) },
      spec: {
        maxUnavailable: 1,
        selector: { matchLabels: selectorOf(app) },
        // A pod that is not ready serves no requests: it must not keep a node from being drained.
        unhealthyPodEvictionPolicy: "AlwaysAllow",
      },
    },
    opts,
  );
}
