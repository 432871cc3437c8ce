import { KubeConfig } from "@kubernetes/client-node";
import { expect } from "chai";
import { alertProblems, readAlertProblems } from "../../../operations/promotion/alerts";
import type { Sample } from "../../../operations/release/metrics";

const alert = (alertname: string, severity: string, service?: string, alertstate = "firing"): Sample => ({
  labels: { __name__: "ALERTS", alertname, alertstate, severity, ...(service && { service }) },
  value: 1,
});
const watchdog = alert("Watchdog", "none");

describe("The alerts of a stack that is verified", () => {
  it("[R30] are in its way, each named, when they page, and when they are about to", () => {
    expect(
      alertProblems([
        watchdog,
        alert("ServiceDown", "page", "auth-service"),
        alert("ServiceDown", "page", "event-service"),
        alert("PostgresDown", "page"),
        alert("SlowAnswers", "page", "api-gateway", "pending"),
      ]),
    ).to.deep.equal([
      "alert PostgresDown fires: see docs/operations.md#postgresdown",
      "alert ServiceDown of auth-service fires: see docs/operations.md#servicedown",
      "alert ServiceDown of event-service fires: see docs/operations.md#servicedown",
      "alert SlowAnswers of api-gateway is about to fire: wait until that is decided; see docs/operations.md#slowanswers",
    ]);
  });

  it("[R30] are not in its way when they can wait for the morning, or only show", () => {
    const calm = [
      watchdog,
      alert("AutoscalerAtMaximum", "ticket", "auth-service"),
      alert("Scaled", "info", "auth-service"),
      alert("VolumeFilling", "ticket", undefined, "pending"),
    ];
    expect(alertProblems(calm)).to.deep.equal([]);
  });

  it("[R30] are named once, however many pods they are of", () => {
    const down = { ...alert("RedisDown", "page") };
    const two = [watchdog, down, { ...down, labels: { ...down.labels, pod: "redis-1" } }];
    expect(alertProblems(two)).to.deep.equal(["alert RedisDown fires: see docs/operations.md#redisdown"]);
  });

  it("[R30] are unknown, and not green, while not even the one fires that always does", () => {
    expect(alertProblems([])).to.deep.equal([
      "its alerts are unknown: Prometheus evaluates none, as Watchdog does not fire; it has just started, or see its page /rules",
    ]);
  });

  it("[R30] are unknown, and not green, while Prometheus is unavailable", async () => {
    const nowhere = new KubeConfig();
    nowhere.loadFromClusterAndUser(
      { name: "nowhere", server: "https://127.0.0.1:1", skipTLSVerify: true },
      { name: "anonymous" },
    );
    const [problem, ...others] = await readAlertProblems(nowhere, "malai");
    expect(problem).to.match(/^its alerts are unknown: Prometheus does not answer: .*ECONNREFUSED/);
    expect(others).to.deep.equal([]);
  });
});
