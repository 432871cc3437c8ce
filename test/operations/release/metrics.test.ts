import { mock } from "node:test";
import { expect } from "chai";
import { p95Query, requestsQuery } from "../../../operations/release/metrics";

describe("The metrics of a release", () => {
  beforeEach(() => mock.timers.enable({ apis: ["Date"], now: 60_000 }));
  afterEach(() => mock.timers.reset());
  const since = 40_000;

  it("[O10] are what the callers' sidecars have counted of each version since a moment", () => {
    const counter =
      'envoy_cluster_upstream_rq{cluster_name=~"outbound\\\\|80\\\\|(v2|v1)\\\\|auth-service\\\\.malai\\\\..*",response_code_class!=""}';
    expect(requestsQuery("auth-service", "malai", ["v2", "v1"], since)).to.equal(
      `sum by (cluster_name, response_code_class) (clamp_min(${counter} - (${counter} offset 20s or ${counter} * 0), 0))`,
    );
  });

  it("[O10] have the time within which 95 % were answered", () => {
    expect(p95Query("auth-service", "malai", ["v2"], since)).to.match(
      /^histogram_quantile\(0\.95, sum by \(cluster_name, le\) \(clamp_min\(envoy_cluster_upstream_rq_time_bucket\{/,
    );
  });
});
