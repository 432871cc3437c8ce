import type { KubeObject } from "../object";
import type { Awaiter } from "./awaiter";
import { claim } from "./claim";
import { daemonSet } from "./daemonset";
import { definition } from "./definition";
import { deployment } from "./deployment";
import { ingress } from "./ingress";
import { job } from "./job";
import { pod } from "./pod";
import { service } from "./service";
import { statefulSet } from "./statefulset";

export type { Awaiter } from "./awaiter";
export { WaitFailure, waitUntilReady } from "./wait";

/** The kinds that take time to be ready, by kind and group. All others are ready once they are stored. */
const awaiters: Record<string, Awaiter> = {
  "Deployment apps": deployment,
  "StatefulSet apps": statefulSet,
  "DaemonSet apps": daemonSet,
  "Job batch": job,
  "Pod ": pod,
  "PersistentVolumeClaim ": claim,
  "Service ": service,
  "Ingress networking.k8s.io": ingress,
  "CustomResourceDefinition apiextensions.k8s.io": definition,
};

export function awaiterOf({ apiVersion, kind }: KubeObject): Awaiter | undefined {
  const group = apiVersion.includes("/") ? apiVersion.slice(0, apiVersion.indexOf("/")) : "";
  return awaiters[`${kind} ${group}`];
}
