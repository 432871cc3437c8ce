import type { Shutdown } from "../../model/catalog";

/** Seconds in which an application tells the clients of its open connections to go elsewhere. */
const DRAIN_SECONDS = 2;
/** Seconds between an application that ends by itself and the kubelet that kills it. */
const MARGIN = 1;

/**
 * The grace period of a pod, divided; seconds. The kubelet counts it from the moment it begins to end the pod, the
 * sleep before SIGTERM included, so all parts together stay below it.
 */
export function shutdownOf({ drain, grace }: Shutdown) {
  const graceSeconds = Math.max(grace - drain - MARGIN, 1);
  return {
    /** Before SIGTERM: no endpoint any more, still answering, until every proxy has noticed. */
    sleep: drain,
    /** After SIGTERM: still answering, each answer the last on its connection. */
    drainSeconds: Math.min(DRAIN_SECONDS, graceSeconds - 1),
    /** After SIGTERM: until the application ends itself, `drainSeconds` included. */
    graceSeconds,
  };
}
