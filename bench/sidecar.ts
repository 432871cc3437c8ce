import { stackEnvironment } from "../embedded/environment";
import { toolchain } from "../embedded/toolchain";
import type { Benchmark } from "./harness";
import { measureSidecarCost } from "./load/sidecar-cost";

/** What a sidecar on either side of a call costs, beside the same call without. The dev stack has to be up. */
export const sidecar: Benchmark = {
  title: "p95 of a call, 100 requests/s",
  unit: "ms",
  ours: "in the mesh",
  peer: "without sidecars",
  runs: { quick: 1, full: 3 },
  async measure() {
    const image = "docker.io/malai/auth-service:1.0.0";
    const cost = await measureSidecarCost(image, stackEnvironment(toolchain()));
    const failed = cost.with.failed + cost.without.failed;
    if (failed > 0) throw new Error(`${failed} requests failed`);
    return { ours: cost.with.quantile(0.95), peer: cost.without.quantile(0.95) };
  },
};
