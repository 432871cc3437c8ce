/**
 * How long `pulumi up` waits until an object is ready, as annotations that the Kubernetes provider reads
 * (Pulumi's documentation, "Resource annotations"). The resource option `customTimeouts` would do as well for the
 * provider, but is in no event of Pulumi's: `make up` could not say how long it still waits.
 */
export type Waits = Readonly<Record<string, string>>;

/** Seconds in which a data store may start, a volume with much to recover included. */
export const STORE_START = 600;

/** Seconds after which a Job is over, whatever it does. */
export const JOB_DEADLINE = 300;

/** Seconds for the first pod of a workload, and for each further one: a rollout takes them one after the other. */
const TIMEOUTS = {
  /** A node that a cluster's autoscaler adds, and the image on it: three minutes as a rule. A pod is ready within one. */
  Deployment: { first: 300, further: 30 },
  /** The old pod's grace period, then the start. Further nodes have nothing to recover: they are asked to leave, and back. */
  StatefulSet: { first: 120 + STORE_START, further: 180 },
  /** A little longer than the Job itself, whose end says why. */
  Job: { first: JOB_DEADLINE + 30, further: 0 },
  /** A cloud makes a load balancer in one to five minutes; the provider waits for the pods behind it as well. */
  LoadBalancer: { first: 600, further: 30 },
};

/** Annotations of an object that `pulumi up` waits for. @param pods how many it has at most */
export function waitsFor(kind: keyof typeof TIMEOUTS, pods = 1): Waits {
  const { first, further } = TIMEOUTS[kind];
  return { "pulumi.com/timeoutSeconds": String(first + further * (pods - 1)) };
}

/** Annotations of a Job that `pulumi up` waits for. @param deadline seconds after which it is over, whatever it does */
export const waitsForJob = (deadline: number): Waits => ({
  "pulumi.com/timeoutSeconds": String(deadline + 30),
  // A Job that has failed stays failed, and so would every later update: the next one makes it anew.
  "pulumi.com/replaceUnready": "true",
});

/**
 * Annotations of an object that the provider need not wait for. A Service is there at once; whether its pods are ready is for
 * their workload to say, and the provider would wait for it twice, and ten seconds at least. A claim is bound when its
 * pod is placed; one that is bound already the provider would wait for in vain (v4.25.0, pkg/await/awaiters.go: of
 * a class that binds late it expects `Pending`).
 */
export const waitsForNothing: Waits = { "pulumi.com/skipAwait": "true" };
