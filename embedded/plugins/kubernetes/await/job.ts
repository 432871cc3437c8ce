import { at, countAt, listAt } from "../object";
import type { Awaiter } from "./awaiter";

interface Condition {
  type: string;
  status: string;
  reason?: string;
  message?: string;
}

/** Ready when it is complete; a job that failed for good ends the wait. */
export const job: Awaiter = {
  judge(object) {
    if (at(object, "spec", "suspend") === true) return { ready: true, status: "suspended" };
    const conditions = listAt<Condition>(object, "status", "conditions").filter(
      ({ status }) => status === "True",
    );
    const failure = conditions.find(({ type }) => type === "Failed");
    if (failure)
      return { ready: false, failed: true, status: `the job failed: ${failure.reason}: ${failure.message}` };
    if (conditions.some(({ type }) => type === "Complete")) return { ready: true, status: "complete" };
    const [active, succeeded, failed] = ["active", "succeeded", "failed"].map((key) =>
      countAt(object, "status", key),
    );
    return { ready: false, status: `${active} pods run, ${succeeded} succeeded, ${failed} failed` };
  },
  podLabels: (object) => at(object, "spec", "selector", "matchLabels") as Record<string, string> | undefined,
};
