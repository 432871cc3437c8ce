import { isDeepStrictEqual } from "node:util";
import type { V1StatefulSet } from "@kubernetes/client-node";
import type { Change, State } from "./preview";
import type { Risk } from "./risk";

/** Objects that hold data, or that data is lost with. */
const HOLDS_DATA: Readonly<Record<string, string>> = {
  StatefulSet: "its pods end, and its volumes are given to whatever comes after it",
  PersistentVolumeClaim: "the data on its volume is lost",
  PersistentVolume: "the data on it is lost",
  Namespace: "everything in it is deleted, volumes included",
  CustomResourceDefinition: "every object of this kind is deleted",
  RandomPassword: "whoever still has the old password is locked out",
  RandomBytes: "what was made with the old value does not match any more",
};

/** What an update does to data: it is lost, no longer protected, or unavailable while a store restarts. */
export function dataRisks(change: Change): Risk[] {
  const { kind, label, operation, replaceReasons, old, new: next } = change;
  const consequence = HOLDS_DATA[kind];
  if (!consequence) return [];
  if (operation === "delete" || operation === "replace") {
    const text = `is ${operation}d: ${consequence}`;
    return [{ kind: "data", subject: label, text, because: replaceReasons }];
  }
  const risks: Risk[] = [];
  if (old?.protect && !next?.protect) {
    risks.push({
      kind: "data",
      subject: label,
      text: "is protected no longer: the next update may delete it",
    });
  }
  if (kind === "StatefulSet" && operation === "update" && restarts(change)) {
    risks.push({
      kind: "restart",
      subject: label,
      text: "restarts: its data is unavailable until its pod is ready again",
    });
  }
  return risks;
}

/** Whether its pods are made anew. */
function restarts({ old, new: next }: Change): boolean {
  const template = (state?: State) => (state?.inputs as V1StatefulSet | undefined)?.spec?.template;
  return !isDeepStrictEqual(template(old), template(next));
}
