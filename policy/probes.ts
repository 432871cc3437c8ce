import { containersOf, templateOf } from "./objects";
import type { ObjectRule } from "./rule";

const PROBES = ["livenessProbe", "readinessProbe"] as const;

/** The annotation of a pod that says on purpose which probes it does without: a worker has nothing to ask. */
const UNPROBED = "platform/unprobed";

/** A container without a readiness probe is sent requests that it cannot answer (O12). */
export const probes: ObjectRule = {
  name: "probes",
  description: "Every container that keeps running has a liveness and a readiness probe.",
  violations: (object) => {
    const unprobed = templateOf(object)?.metadata?.annotations?.[UNPROBED]?.split(",") ?? [];
    return containersOf(object)
      .filter(({ longRunning }) => longRunning)
      .flatMap(({ container, at }) =>
        PROBES.filter((probe) => !container[probe] && !unprobed.includes(probe)).map((probe) => ({
          at,
          problem: `has no ${probe}`,
          remedy: "add one, such as an httpGet of its health endpoint",
        })),
      );
  },
};
