import { listAt } from "../object";
import type { Awaiter } from "./awaiter";

/** A CustomResourceDefinition: ready when the API server serves its kinds, so that objects of them can follow. */
export const definition: Awaiter = {
  timeout: 60,
  judge(object) {
    const conditions = listAt<{ type: string; status: string; message?: string }>(
      object,
      "status",
      "conditions",
    );
    const refused = conditions.find(({ type, status }) => type === "NamesAccepted" && status === "False");
    if (refused) return { ready: false, failed: true, status: `its names are taken: ${refused.message}` };
    const ready = conditions.some(({ type, status }) => type === "Established" && status === "True");
    return { ready, status: ready ? "established" : "the API server does not serve it yet" };
  },
};
