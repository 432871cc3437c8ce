import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { Plan } from "../model/plan";
import { limitsOf, quotaOf } from "../model/quota";
import type { PlatformContext } from "./kube/context";

/** Arguments of {@link Namespace}. */
export interface NamespaceArgs {
  /** The environment that lives in it: its name, its tier, and how much it may take. */
  plan: Plan;
}

/**
 * Who goes first when a node is short of memory, and waits longer for a place: services before the data stores, and
 * development before production where they share a cluster. Far below the system's own classes, which begin at two
 * thousand millions.
 */
const PRIORITIES: Record<Plan["tier"], Record<keyof PlatformContext["priorities"], number>> = {
  production: { data: 1_000_000, services: 500_000 },
  development: { data: 100_000, services: 50_000 },
};

/** Whoever shares the cluster has values of their own, mostly zero: none of their pods is evicted to make room for ours. */
const preemptionPolicy = "Never";

/**
 * A PriorityClass with another value or policy is another class, by its name: the API server refuses a change of either,
 * and does so in the preview of a class that is deleted and made anew under its name. So the new one is there before the
 * pods ask for it, and the old one goes when none does.
 */
const priorityName = ({ namespace, tier }: Plan, who: keyof PlatformContext["priorities"]) =>
  `${namespace}-${who}-${PRIORITIES[tier][who]}-nonpreempting`;

/**
 * The namespace of one platform in one environment. Pod Security `restricted` is enforced in it, and it takes no more
 * than its plan can need.
 */
export class Namespace extends pulumi.ComponentResource {
  /** Its name, known once it and its PriorityClasses exist: whoever uses it waits for them. */
  readonly namespaceName: pulumi.Output<string>;
  /** Names of the PriorityClasses. They belong to the whole cluster, hence the namespace in them. */
  readonly priorities: PlatformContext["priorities"];

  constructor(name: string, { plan }: NamespaceArgs, opts?: pulumi.ComponentResourceOptions) {
    super("platform:cluster:Namespace", name, {}, opts);
    const child = { parent: this };
    const labels = { "app.kubernetes.io/part-of": plan.name, "app.kubernetes.io/managed-by": "pulumi" };

    this.priorities = { data: priorityName(plan, "data"), services: priorityName(plan, "services") };
    const namespace = createNamespace([
      createPriority("data", this.priorities.data),
      createPriority("services", this.priorities.services),
    ]);
    this.namespaceName = namespace.metadata.name;
    createQuota();
    createLimits();
    this.registerOutputs({ namespaceName: this.namespaceName });

    function createPriority(who: keyof PlatformContext["priorities"], className: string) {
      return new k8s.scheduling.v1.PriorityClass(
        `${name}-${who}`,
        {
          metadata: { name: className, labels },
          value: PRIORITIES[plan.tier][who],
          globalDefault: false,
          preemptionPolicy,
          description: `The ${who} of ${plan.namespace}`,
        },
        child,
      );
    }

    function createNamespace(priorities: pulumi.Resource[]) {
      return new k8s.core.v1.Namespace(
        name,
        {
          metadata: {
            name: plan.namespace,
            labels: {
              ...labels,
              "platform/tier": plan.tier,
              "pod-security.kubernetes.io/enforce": "restricted",
              "pod-security.kubernetes.io/enforce-version": "latest",
              "pod-security.kubernetes.io/audit": "restricted",
              "pod-security.kubernetes.io/warn": "restricted",
              // Read by istiod alone: without one it means nothing.
              ...(plan.mesh.enabled && { "istio-injection": "enabled" }),
            },
          },
        },
        { ...child, dependsOn: priorities },
      );
    }

    function createQuota() {
      new k8s.core.v1.ResourceQuota(
        name,
        {
          metadata: { name: "platform", namespace: namespace.metadata.name, labels },
          spec: { hard: quotaOf(plan) },
        },
        child,
      );
    }

    function createLimits() {
      new k8s.core.v1.LimitRange(
        name,
        {
          metadata: { name: "platform", namespace: namespace.metadata.name, labels },
          spec: { limits: limitsOf(plan) },
        },
        child,
      );
    }
  }
}
