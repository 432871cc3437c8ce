import { at, countAt, textAt } from "../object";
import { type Awaiter, isStale, unseen } from "./awaiter";

/** Ready when every pod is available and those that a rolling update covers are of the latest template. */
export const statefulSet: Awaiter = {
  judge(object) {
    if (isStale(object)) return unseen;
    const wanted = (at(object, "spec", "replicas") as number | undefined) ?? 1;
    const available = countAt(object, "status", "availableReplicas");
    const all = countAt(object, "status", "replicas");
    if (available < wanted) return { ready: false, status: `${available} of ${wanted} pods are ready` };
    if (all > wanted) return { ready: false, status: `${all - wanted} surplus pods are still there` };
    const updates = textAt(object, "spec", "updateStrategy", "type") !== "OnDelete";
    const covered = Math.max(
      0,
      wanted - countAt(object, "spec", "updateStrategy", "rollingUpdate", "partition"),
    );
    const updated = countAt(object, "status", "updatedReplicas");
    if (updates && updated < covered)
      return { ready: false, status: `${updated} of ${covered} pods are of the new version` };
    return { ready: true, status: `${available} of ${wanted} pods are ready` };
  },
  podLabels: (object) => at(object, "spec", "selector", "matchLabels") as Record<string, string> | undefined,
};
