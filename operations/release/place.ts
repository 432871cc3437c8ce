import type { KubeConfig } from "@kubernetes/client-node";
import type { ServicePlan } from "../../model/plan";
import type { Stack } from "../stack/stack-file";

/** A stack and one of its services. */
export interface Place {
  stack: Stack;
  /** Looked up at its first use: a dry run needs none. */
  readonly cluster: KubeConfig;
  service: ServicePlan;
}
