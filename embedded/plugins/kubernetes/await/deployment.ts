import { at, countAt, type KubeObject, listAt } from "../object";
import { type Awaiter, isStale, unseen } from "./awaiter";

/** Ready when every wanted pod is of the latest template and available, and no older one is left. */
export const deployment: Awaiter = {
  judge(object) {
    if (at(object, "spec", "paused") === true) return { ready: true, status: "paused" };
    if (isStale(object)) return unseen;
    const wanted = (at(object, "spec", "replicas") as number | undefined) ?? 1;
    const [all, updated, available] = ["replicas", "updatedReplicas", "availableReplicas"].map((key) =>
      countAt(object, "status", key),
    ) as [number, number, number];
    if (updated < wanted)
      return {
        ready: false,
        status: `${updated} of ${wanted} pods are of the new version${problemOf(object)}`,
      };
    if (all > updated) return { ready: false, status: `${all - updated} old pods are still there` };
    return {
      ready: available >= updated,
      status: `${available} of ${updated} pods are ready${problemOf(object)}`,
    };
  },
  podLabels: (object) => at(object, "spec", "selector", "matchLabels") as Record<string, string> | undefined,
};

interface Condition {
  type: string;
  status: string;
  reason?: string;
  message?: string;
}

/** Pods that a quota or an admission policy refuses show only here; a rollout that came to a halt as well. */
function problemOf(object: KubeObject): string {
  const conditions = listAt<Condition>(object, "status", "conditions");
  const refused = conditions.find(({ type, status }) => type === "ReplicaFailure" && status === "True");
  const stalled = conditions.find(({ type, status }) => type === "Progressing" && status === "False");
  const problem = refused ?? stalled;
  return problem ? `; ${problem.reason}: ${problem.message}` : "";
}
