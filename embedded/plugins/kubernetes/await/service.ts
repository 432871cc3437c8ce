import { at, listAt, textAt } from "../object";
import type { Awaiter, Verdict } from "./awaiter";

/**
 * Seconds after which a Service that selects no pod is fine: its pods may be made after it, even because of it.
 * The official plugin allows 10.
 */
const NO_PODS_YET = 3;

interface Endpoint {
  conditions?: { ready?: boolean; terminating?: boolean };
}

/**
 * Ready when the pods it selects are, and a load balancer has an address. Without a selector, without an
 * address of its own (headless) or as an alias (ExternalName) there is nothing to wait for.
 */
export const service: Awaiter = {
  related(object) {
    if (!selectsPods(object)) return undefined;
    return {
      apiVersion: "discovery.k8s.io/v1",
      kind: "EndpointSlice",
      labelSelector: `kubernetes.io/service-name=${textAt(object, "metadata", "name")}`,
    };
  },
  judge(object, slices) {
    const waitsForAddress =
      textAt(object, "spec", "type") === "LoadBalancer" &&
      listAt(object, "status", "loadBalancer", "ingress").length === 0;
    if (waitsForAddress) return { ready: false, status: "no load balancer has given it an address yet" };
    if (!selectsPods(object)) return { ready: true, status: "ready" };
    if (!slices) return { ready: false, status: "looking for its pods" };
    return judgeEndpoints(slices.flatMap((slice) => listAt<Endpoint>(slice, "endpoints")));
  },
};

function judgeEndpoints(endpoints: Endpoint[]): Verdict {
  const present = endpoints.filter(({ conditions }) => !conditions?.terminating);
  const ready = present.filter(({ conditions }) => conditions?.ready !== false).length;
  if (present.length === 0)
    return { ready: false, settles: NO_PODS_YET, status: "its selector matches no pod yet" };
  return { ready: ready === present.length, status: `${ready} of ${present.length} of its pods are ready` };
}

function selectsPods(object: unknown): boolean {
  const selector = at(object, "spec", "selector");
  return (
    typeof selector === "object" &&
    selector !== null &&
    Object.keys(selector).length > 0 &&
    textAt(object, "spec", "clusterIP") !== "None" &&
    textAt(object, "spec", "type") !== "ExternalName"
  );
}
