import type { Resources } from "../../model/plan";

/** Space on the node's own disk: logs and writable folders. */
export const EPHEMERAL_STORAGE = { request: "64Mi", limit: "256Mi" };

/** Requests and limits of a container, with those of its space on the node's disk. */
export function resourcesOf({ requests, limits }: Resources, ephemeralStorage = EPHEMERAL_STORAGE) {
  return {
    requests: { ...requests, "ephemeral-storage": ephemeralStorage.request },
    limits: { ...limits, "ephemeral-storage": ephemeralStorage.limit },
  };
}
