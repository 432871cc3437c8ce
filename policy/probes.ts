import { containersOf } from "./objects";
import type { ObjectRule } from "./rule";

const PROBES = ["livenessProbe", "readinessProbe"] as const;

/** A container nobody asks for its health is sent requests that it cannot answer (O12). */
export const probes: ObjectRule = {
  name: "probes",
  description: "Every container that keeps running has a liveness and a readiness probe.",
  violations: (object) =>
    containersOf(object)
      .filter(({ longRunning }) => longRunning)
      .flatMap(({ container, at }) =>
        PROBES.filter((probe) => !container[probe]).map((probe) => ({
          at,
          problem: `has no ${probe}`,
          remedy: "add one, such as an httpGet of its health endpoint",
        })),
      ),
};
