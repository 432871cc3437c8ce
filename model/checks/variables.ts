import type { Plan, WorkloadPlan } from "../plan";
import { DEFAULTS, givenTo, KUBERNETES_VARIABLES, VARIABLES } from "../variables";
import type { Check } from "./check";

/**
 * Names that a program's environment and an annotation of its pod both take, under which a fingerprint of the value is
 * kept (Kubernetes documentation, Labels and Selectors, Syntax).
 */
const VARIABLE = /^[A-Za-z](?:[A-Za-z0-9_]{0,61}[A-Za-z0-9])?$/;

/** What every shell takes (POSIX, 8.1); a value of an entry's own has no annotation. */
const OWN_VARIABLE = /^[A-Za-z_]\w*$/;

const workloadsIn = ({ services, jobs }: Plan): WorkloadPlan[] => [...services, ...jobs];

/** A secret and a plain setting arrive in a variable, whose name they are. */
export const variablesAreNames: Check = (plan) =>
  workloadsIn(plan).flatMap((workload) =>
    givenTo(workload, plan)
      .filter(
        ({ by, variable }) =>
          by !== "uses" && !(by === "environment" ? OWN_VARIABLE : VARIABLE).test(variable),
      )
      .map(({ by, variable }) => ({
        at: `services.${workload.name}.${by}`,
        problem: `${JSON.stringify(variable)} is not the name of a variable`,
        remedy:
          by === "environment"
            ? "write letters, digits and _, and no digit first"
            : "write at most 63 letters, digits and _, a letter first, and no _ at the end",
      })),
  );

/** A variable has one value: of two the container would get either. */
export const variablesOfTheirOwn: Check = (plan) =>
  workloadsIn(plan).flatMap((workload) => {
    const owners = new Map<string, string>([
      ...KUBERNETES_VARIABLES.map((variable) => [variable, "a variable of Kubernetes"] as const),
      ...VARIABLES.map((variable) => [variable, "a variable of the platform"] as const),
    ]);
    return givenTo(workload, plan).flatMap(({ variable, by, what }) => {
      if (by === "environment" && DEFAULTS.includes(variable)) return [];
      const owner = owners.get(variable);
      if (owner === undefined) owners.set(variable, what);
      if (owner === undefined || owner === what) return [];
      return [
        {
          at: `services.${workload.name}.${by}`,
          problem: `${variable}, which would be ${what}, is already ${owner}`,
          remedy: by === "uses" ? "give the service that is called another name" : "give it another name",
        },
      ];
    });
  });
