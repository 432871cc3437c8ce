import { quantity } from "../kube/quantity";
import { type Plan, volumesOf } from "../plan";
import type { Problem } from "../problems";

/**
 * Volumes grow and stay. The API server would say no to a smaller one only when everything else is changed, and a
 * store that is gone from the plan takes its data with it.
 * @param before sizes of the volumes as the stack has them now, by store; see {@link volumesOf}
 */
export function volumeProblems(plan: Plan, before: Readonly<Record<string, string>>): Problem[] {
  const now = volumesOf(plan);
  return Object.entries(before).flatMap(([store, size]): Problem[] => {
    const wanted = now[store];
    if (wanted === undefined) {
      return plan.protectData
        ? [
            {
              at: `platform:${store}`,
              problem: `its volume of ${size} holds data, and no service uses it any more`,
              remedy: "keep a service that uses it, or set platform:protectData to false first",
            },
          ]
        : [];
    }
    return quantity(wanted) < quantity(size)
      ? [
          {
            at: `platform:${store}.storage`,
            problem: `${wanted} is less than the ${size} it has`,
            remedy: `a volume cannot shrink: write ${size} or more`,
          },
        ]
      : [];
  });
}
