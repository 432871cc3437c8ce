import { expect } from "chai";
import { until } from "../support/until";
import { ask, samplesOf } from "./support/prometheus";

/** One target, as Prometheus' API tells of it. */
interface Target {
  labels: { job: string; service?: string };
  scrapeUrl: string;
  health: "up" | "down" | "unknown";
  lastError: string;
}

const targets = async (): Promise<Target[]> => (await ask("targets?state=active")).activeTargets;

const query = async (expression: string): Promise<[string | undefined, string][]> =>
  (await samplesOf(expression)).map(({ metric, value }) => [metric.service ?? metric.job, value[1]]);

describe("Prometheus", function () {
  this.timeout(120_000);

  it("[D6] reaches everything that it is told to read", async () => {
    const found = await until("every target has been read", 90, targets, (targets) =>
      targets.every(({ health }) => health === "up"),
    );
    expect([...new Set(found.map(({ labels }) => labels.job))]).to.include.members([
      "api-gateway",
      "auth-service",
      "event-service",
      "payment-service",
      "notification-service",
      "load-balancer-health",
      "kubernetes-apiservers",
      "nodes",
      "containers",
      "postgres",
      "redis",
      "rabbitmq",
      "nginx",
      "alertmanager",
      "mesh-sidecars",
      "mesh-control-plane",
    ]);
  });

  it("[D6] knows of each service whether it is healthy, in the words of its own health check", async () => {
    const health = await until(
      "every service has told its health",
      90,
      () => query('health_status{job="load-balancer-health"}'),
      (values) => values.length === 5,
    );
    expect(Object.fromEntries(health)).to.deep.equal({
      "api-gateway": "1",
      "auth-service": "1",
      "event-service": "1",
      "payment-service": "1",
      "notification-service": "1",
    });
  });

  it("[R64] keeps what is read of the cluster's metrics, and of its own namespace", async () => {
    const namespaces = await samplesOf('count by (namespace) ({job=~"containers|nodes",namespace!=""})');
    expect(namespaces.map(({ metric }) => metric.namespace)).to.deep.equal(["malai"]);
    const kept = await samplesOf('scrape_samples_post_metric_relabeling{job="kubernetes-apiservers"}');
    expect(kept.map(({ value }) => Number(value[1]) < 20)).to.deep.equal([true]);
  });

  it("[D6] reads the data stores by exporters that could log in, over TLS", async () => {
    const up = await until(
      "both exporters have reached their store",
      90,
      async () => [...(await query("pg_up")), ...(await query("redis_up"))],
      (values) => values.length === 2,
    );
    expect(Object.fromEntries(up)).to.deep.equal({ postgres: "1", redis: "1" });
  });
});
