import type { Plan, WorkloadPlan } from "../plan";
import { givenTo, KUBERNETES_VARIABLES, mayBeOwn, VARIABLES } from "../variables";
import type { Check } from "./check";

/**
 * Names that a program's environment and an annotation of its pod both take, under which a fingerprint of the value is
 * kept (Kubernetes documentation, Labels and Selectors, Syntax).
 */
const WITH_FINGERPRINT = /^[A-Za-z](?:[A-Za-z0-9_]{0,61}[A-Za-z0-9])?$/;

/** What every shell takes (POSIX, 8.1). */
const VARIABLE = /^[A-Za-z_]\w*$/;

const workloadsIn = ({ services, jobs }: Plan): WorkloadPlan[] => [...services, ...jobs];

/** A secret, a plain setting and a database's URL arrive in a variable, whose name they are. */
export const variablesAreNames: Check = (plan) =>
  workloadsIn(plan).flatMap((workload) =>
    givenTo(workload, plan)
      .filter(
        ({ variable, hasFingerprint }) => !(hasFingerprint ? WITH_FINGERPRINT : VARIABLE).test(variable),
      )
      .map(({ by, variable, hasFingerprint }) => {
        const name = hasFingerprint
          ? "at most 63 letters, digits and _, a letter first, and no _ at the end"
          : "letters, digits and _, and no digit first";
        return {
          at: `services.${workload.name}.${by}`,
          problem: `${JSON.stringify(variable)} is not the name of a variable`,
          remedy: by === "uses" ? `rename the database: it takes ${name}` : `write ${name}`,
        };
      }),
  );

/** A variable has one value: of two the container would get either. */
export const variablesOfTheirOwn: Check = (plan) =>
  workloadsIn(plan).flatMap((workload) => {
    const owners = new Map<string, string>([
      ...KUBERNETES_VARIABLES.map((variable) => [variable, "a variable of Kubernetes"] as const),
      ...VARIABLES.map((variable) => [variable, "a variable of the platform"] as const),
    ]);
    return givenTo(workload, plan).flatMap(({ variable, by, what }) => {
      if (by === "environment" && mayBeOwn(variable, workload)) return [];
      const owner = owners.get(variable);
      if (owner === undefined) owners.set(variable, what);
      if (owner === undefined || owner === what) return [];
      return [
        {
          at: `services.${workload.name}.${by}`,
          problem: `${variable}, which would be ${what}, is already ${owner}`,
          remedy: by === "uses" ? "give what it uses another name" : "give it another name",
        },
      ];
    });
  });
