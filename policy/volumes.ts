import { type KubeObject, placeOf } from "./objects";
import type { StackRule } from "./rule";
import { inProduction } from "./tier";

/** Data that is gone is gone: `protect` makes Pulumi refuse to delete or replace what holds it. */
export const protectedVolumes: StackRule = {
  name: "protected-volumes",
  description: "In production PersistentVolumeClaims, and StatefulSets that make some, are protected.",
  violations: (stack) =>
    inProduction(stack)
      .filter(({ object, protect }) => holdsData(object) && !protect)
      .map(({ urn, object }) => ({
        urn,
        at: placeOf(object),
        problem: "holds data in production and is not protected",
        remedy: "give the resource the option protect: true",
      })),
};

function holdsData({ kind, spec }: KubeObject): boolean {
  return (
    kind === "PersistentVolumeClaim" || (kind === "StatefulSet" && spec?.volumeClaimTemplates?.length > 0)
  );
}
