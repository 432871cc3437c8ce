import type { Plan } from "../../model/plan";

/** Seconds that are left for what has begun: a request's own timeout is 60 s. */
const UNDER_WAY = 65;

/**
 * Seconds from a pod's deletion until no new connection comes, when the settings name none. A load balancer outside knows a
 * node without an nginx only by its own checks, three in ten seconds each with most clouds; inside the cluster endpoints
 * are gone within seconds.
 */
const DRAIN = { LoadBalancer: 30, NodePort: 5, ClusterIP: 5 };

/** How an nginx ends: it answers as before for `drain` seconds, and is killed after `grace`. Pure. */
export function shutdownOf({ type, drainSeconds }: Plan["frontDoor"]): { drain: number; grace: number } {
  const drain = drainSeconds ?? DRAIN[type];
  return { drain, grace: drain + UNDER_WAY };
}
