import { givenTo, KUBERNETES_VARIABLES, VARIABLES } from "../variables";
import type { Check } from "./check";

/**
 * Names that a program's environment and an annotation of its pod both take, under which a fingerprint of the value is
 * kept (Kubernetes documentation, Labels and Selectors, Syntax).
 */
const VARIABLE = /^[A-Za-z](?:[A-Za-z0-9_]{0,61}[A-Za-z0-9])?$/;

/** A secret and a plain setting arrive in a variable, whose name they are. */
export const variablesAreNames: Check = ({ services }) =>
  services.flatMap((service) =>
    givenTo(service)
      .filter(({ by, variable }) => by !== "uses" && !VARIABLE.test(variable))
      .map(({ by, variable }) => ({
        at: `services.${service.name}.${by}`,
        problem: `${JSON.stringify(variable)} is not the name of a variable`,
        remedy: "write at most 63 letters, digits and _, a letter first, and no _ at the end",
      })),
  );

/** A variable has one value: of two the container would get either. */
export const variablesOfTheirOwn: Check = ({ services }) =>
  services.flatMap((service) => {
    const owners = new Map<string, string>([
      ...KUBERNETES_VARIABLES.map((variable) => [variable, "a variable of Kubernetes"] as const),
      ...VARIABLES.map((variable) => [variable, "a variable of the platform"] as const),
    ]);
    return givenTo(service).flatMap(({ variable, by, what }) => {
      const owner = owners.get(variable);
      if (owner === undefined) owners.set(variable, what);
      if (owner === undefined || owner === what) return [];
      return [
        {
          at: `services.${service.name}.${by}`,
          problem: `${variable}, which would be ${what}, is already ${owner}`,
          remedy: by === "uses" ? "give the service that is called another name" : "give it another name",
        },
      ];
    });
  });
