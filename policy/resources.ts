import { containersOf } from "./objects";
import type { ObjectRule } from "./rule";

const RESOURCES = ["cpu", "memory", "ephemeral-storage"];

/** What a container may take must be limited, or it takes it from the other pods of its node (O12). */
export const resources: ObjectRule = {
  name: "resources",
  description: "Every container requests and limits cpu, memory and ephemeral-storage.",
  violations: (object) =>
    containersOf(object).flatMap(({ container, at }) =>
      (["requests", "limits"] as const).flatMap((side) => {
        const missing = RESOURCES.filter((resource) => !container.resources?.[side]?.[resource]);
        if (missing.length === 0) return [];
        const problem = `has no ${missing.join(", no ")} in resources.${side}`;
        return [{ at, problem, remedy: "say how much it needs and may take" }];
      }),
    ),
};
