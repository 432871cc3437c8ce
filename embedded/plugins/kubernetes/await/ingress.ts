import { listAt } from "../object";
import type { Awaiter } from "./awaiter";

/** Ready when an ingress controller has published an address for it. */
export const ingress: Awaiter = {
  judge(object) {
    const ready = listAt(object, "status", "loadBalancer", "ingress").length > 0;
    return { ready, status: ready ? "ready" : "no ingress controller has given it an address yet" };
  },
};
