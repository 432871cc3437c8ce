import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { Plan } from "../../model/plan";
import type { PlatformContext } from "../kube/context";
import { labelsOf } from "../kube/labels";
import { policiesOf } from "./rules";

/** Arguments of {@link NetworkPolicies}. */
export interface NetworkPoliciesArgs extends Pick<PlatformContext, "namespace"> {
  plan: Plan;
}

/** Who may connect to whom: what the plan's edges say, and no more (docs/requirements.md, D12). */
export class NetworkPolicies extends pulumi.ComponentResource {
  constructor(
    name: string,
    { namespace, plan }: NetworkPoliciesArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("platform:network:NetworkPolicies", name, {}, opts);
    for (const policy of policiesOf(plan)) {
      new k8s.networking.v1.NetworkPolicy(
        `${name}-${policy.name}`,
        {
          metadata: { name: policy.name, namespace, labels: labelsOf(policy.name, plan.name) },
          spec: policy.spec,
        },
        { parent: this },
      );
    }
    this.registerOutputs();
  }
}
