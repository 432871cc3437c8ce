import { listAt, textAt } from "../object";
import { podProblems } from "../reasons";
import type { Awaiter } from "./awaiter";

/** Ready when its containers are, or when it has done its work. */
export const pod: Awaiter = {
  judge(object) {
    const phase = textAt(object, "status", "phase") ?? "Pending";
    if (phase === "Succeeded") return { ready: true, status: "it has ended well" };
    const problems = podProblems(object).map(({ text }) => text);
    if (phase === "Failed")
      return { ready: false, failed: true, status: ["the pod failed", ...problems].join(": ") };
    const ready = listAt<{ type: string; status: string }>(object, "status", "conditions").some(
      ({ type, status }) => type === "Ready" && status === "True",
    );
    return { ready, status: ready ? "ready" : [`the pod is ${phase.toLowerCase()}`, ...problems].join("; ") };
  },
  podLabels: () => undefined,
};
