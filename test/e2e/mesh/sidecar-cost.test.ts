import { expect } from "chai";
import { measureSidecarCost } from "../../../bench/load/sidecar-cost";
import { environment } from "../support/stack";

describe("The sidecars' cost", function () {
  this.timeout(240_000);

  it("[D5] is measured beside the same calls without them, in one run", async () => {
    const cost = await measureSidecarCost("docker.io/malai/auth-service:1.0.0", environment);
    for (const [way, tally] of Object.entries(cost)) {
      const quantiles = [0.5, 0.95, 0.99].map((share) => tally.quantile(share));
      console.log(
        `        ${way} sidecars: p50, p95, p99 ${quantiles.join(", ")} ms of ${tally.requests} requests`,
      );
      expect(tally.failures).to.deep.equal({});
      expect(tally.requests).to.be.above(1500);
    }
  });
});
