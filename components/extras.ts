import type * as pulumi from "@pulumi/pulumi";
import type { Plan } from "../model/plan";
import type { PlatformContext } from "./kube/context";
import type { SecretRef } from "./kube/references";

/** What a function of `extras/` is given. */
export interface ExtrasContext extends PlatformContext {
  plan: Plan;
  /** Where the secrets are that its entries name, by name. */
  secrets: ReadonlyMap<string, SecretRef>;
  /** Every resource needs it as its `parent`: with it come the cluster's provider and the order of things. */
  parent: pulumi.Resource;
}

/**
 * Makes resources of a team's own, in the platform's namespace and with its stack. Pods are let in and out by what the
 * catalog's `extras` say of the workload in their label `app`, which is the name of their ServiceAccount and Service too.
 */
export type Extras = (context: ExtrasContext) => void;
