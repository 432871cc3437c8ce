import { type Plan, volumesOf } from "../plan";
import type { Problem } from "../problems";
import { quantity } from "../quantity";

/** What the stack has now: its own outputs of the last update. Nothing before the first one. */
export interface Before {
  namespace?: string;
  /** Sizes of the volumes, by store; see {@link volumesOf}. */
  volumes?: Readonly<Record<string, string>>;
}

/**
 * Volumes grow and stay. The API server would say no to a smaller one only when everything else is changed; a store that
 * is gone from the plan takes its data with it, and so does a namespace.
 */
export function volumeProblems(plan: Plan, { volumes = {}, namespace = plan.namespace }: Before): Problem[] {
  if (Object.keys(volumes).length === 0) return [];
  // The volumes of another namespace are new ones.
  if (namespace !== plan.namespace) return plan.protectData ? [leftBehind(plan, namespace)] : [];
  return sizeProblems(plan, volumes);
}

function leftBehind(plan: Plan, namespace: string): Problem {
  return {
    at: "platform:namespace",
    problem: `${plan.namespace} would begin with empty volumes: those in ${namespace} hold data, and cannot move`,
    remedy: `write ${namespace}, or set platform:protectData to false first`,
  };
}

/** Where the size of a volume is written: a store's in the settings, a service's in the catalog. */
const placeOf = (volume: string) =>
  volume.startsWith("services.")
    ? { at: volume, size: volume }
    : { at: `platform:${volume}`, size: `platform:${volume}.storage` };

function sizeProblems(plan: Plan, volumes: Readonly<Record<string, string>>): Problem[] {
  const now = volumesOf(plan);
  return Object.entries(volumes).flatMap(([store, size]): Problem[] => {
    const requested = now[store];
    if (requested === undefined) {
      return plan.protectData
        ? [
            {
              at: placeOf(store).at,
              problem: `its volume of ${size} holds data, and no service uses it any more`,
              remedy: "keep a service that uses it, or set platform:protectData to false first",
            },
          ]
        : [];
    }
    return quantity(requested) < quantity(size)
      ? [
          {
            at: placeOf(store).size,
            problem: `${requested} is less than the ${size} it has`,
            remedy: `a volume cannot shrink: write ${size} or more`,
          },
        ]
      : [];
  });
}
