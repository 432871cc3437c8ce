import { at, countAt, textAt } from "../object";
import { type Awaiter, isStale, unseen } from "./awaiter";

/** Ready when every node that should run it has an available pod of the latest template. */
export const daemonSet: Awaiter = {
  judge(object) {
    if (isStale(object)) return unseen;
    const wanted = countAt(object, "status", "desiredNumberScheduled");
    const updated = countAt(object, "status", "updatedNumberScheduled");
    const available = countAt(object, "status", "numberAvailable");
    const updates = textAt(object, "spec", "updateStrategy", "type") !== "OnDelete";
    if (updates && updated < wanted)
      return { ready: false, status: `${updated} of ${wanted} nodes have the new version` };
    return { ready: available >= wanted, status: `${available} of ${wanted} nodes have a ready pod` };
  },
  podLabels: (object) => at(object, "spec", "selector", "matchLabels") as Record<string, string> | undefined,
};
