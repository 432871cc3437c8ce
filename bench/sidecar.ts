import Table from "cli-table3";
import { stackEnvironment } from "../embedded/environment";
import { toolchain } from "../embedded/toolchain";
import { measureSidecarCost } from "./load/sidecar-cost";

/** What a sidecar on either side of a call costs, beside the same call without. The dev stack has to be up. */
const cost = await measureSidecarCost("docker.io/malai/auth-service:1.0.0", stackEnvironment(toolchain()));
const table = new Table({ head: ["100 requests/s", "p50", "p95", "p99", "requests", "failed"] });
for (const [way, tally] of Object.entries(cost)) {
  const quantiles = [0.5, 0.95, 0.99].map((share) => `${tally.quantile(share)} ms`);
  table.push([`${way} sidecars`, ...quantiles, tally.requests, tally.failed]);
}
const ratio = cost.with.quantile(0.95) / cost.without.quantile(0.95);
console.log(`${table}\np95 with sidecars is ${ratio.toFixed(1)} times that without`);
