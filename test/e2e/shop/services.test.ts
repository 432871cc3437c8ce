import { expect } from "chai";
import { until } from "../../support/until";
import { ask, samplesOf } from "../support/prometheus";
import { tell } from "../support/releasing";
import { shop } from "../support/shop";

const exec = (deployment: string, ...command: string[]) =>
  shop.kubectl("exec", `deployment/${deployment}`, "-c", deployment, "--", ...command);

/** A command in a pod of httpbin's, which calls the others; what it says may be on either of its outputs. */
const inHttpbin = [
  "kubectl",
  "-n",
  shop.namespace,
  "exec",
  "deployment/httpbin",
  "-c",
  "httpbin",
  "--",
] as const;

describe("A platform of programs that were not written for it", () => {
  it("[N3] comes up with a service or a worker of each kind, and its job has ended", async () => {
    const { items } = await shop.get("deployments");
    const ready = items.map(({ metadata, status }: any) => [metadata.name, status.readyReplicas >= 1]);
    for (const name of ["httpbin", "mailer", "mqtt", "orders", "quotes"]) {
      expect(ready, name).to.deep.include([name, true]);
    }
    expect((await shop.get("job/seed")).status.succeeded).to.equal(1);
  });

  it("[R54] runs the images that make image has brought, and they stayed what they were when it came up", async () => {
    const container = async (name: string) => {
      const { spec } = await shop.get(`deployment/${name}`);
      return spec.template.spec.containers.find((one: any) => one.name === name).image;
    };
    expect(await container("mqtt")).to.equal("docker.io/shop/mqtt:2.7.9");
    // The reference service has no such program.
    const { all } = await shop.run(...inHttpbin, "/go-httpbin", "--help");
    expect(all).to.contain("Usage of go-httpbin");
  });

  it("[N2] httpbin answers below its path at the front door, which the entry's PREFIX says", async () => {
    const { status, body } = await shop.call("GET", "/bin/get?tea=green");
    expect(status).to.equal(200);
    expect(body.args).to.deep.equal({ tea: ["green"] });
  });

  it("[N4] quotes answers the standard health question of gRPC, through the mesh, to its caller", async () => {
    const { all, exitCode } = await shop.run(...inHttpbin, "/grpc_health_probe", "-addr=quotes:80");
    expect(all).to.match(/status: SERVING/);
    expect(exitCode).to.equal(0);
  });

  it("[N3] FastAPI writes to Postgres and reads it back, and its seed is there", async () => {
    const created = await shop.call("POST", "/orders", { item: "coffee" });
    expect(created.status, JSON.stringify(created.body)).to.equal(201);
    expect(created.body).to.include({ item: "coffee" });
    const { body } = await shop.call("GET", "/orders");
    expect(body.map(({ item }: { item: string }) => item)).to.include.members(["tea", "coffee"]);
  });

  it("[N6] psycopg speaks TLS with Postgres, by nothing but its URL", async () => {
    const sql =
      "SELECT DISTINCT usename, ssl FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) WHERE usename = 'orders'";
    const found = await until(
      "the pool holds a connection",
      30,
      () => shop.kubectl("exec", "postgres-0", "-c", "postgres", "--", "psql", "-U", "postgres", "-tAc", sql),
      (rows) => rows !== "",
    );
    expect(found).to.equal("orders|t");
  });

  it("[N6] pika consumes over TLS, by the CA that SSL_CERT_FILE names", async () => {
    const list = ["rabbitmqctl", "list_connections", "user", "ssl", "--quiet", "--formatter=json"];
    const connections = await until(
      "the worker is connected",
      60,
      async () => JSON.parse(await shop.kubectl("exec", "rabbitmq-0", "-c", "rabbitmq", "--", ...list)),
      (found: unknown[]) => found.length > 0,
    );
    expect([...new Set(connections.map(({ ssl }: any) => ssl))]).to.deep.equal([true]);
  });

  it("[N4] the worker hands on over MQTT what it has taken from the queue: CONNECT, PUBLISH, SUBSCRIBE", async () => {
    const subscribe =
      "import signal; signal.alarm(20); from paho.mqtt import subscribe; " +
      "print(subscribe.simple('orders', hostname='mqtt').payload.decode())";
    await shop.call("POST", "/orders", { item: "biscuits" });
    const last = await until(
      "the order has arrived",
      60,
      () => exec("mailer", "python", "-c", subscribe),
      (item) => item === "biscuits",
    );
    expect(last).to.equal("biscuits");
  });

  it("[N3] [N11] the cron job counts the orders, with a login that may only read", async () => {
    await shop.kubectl("create", "job", "report-now", "--from=cronjob/report");
    await shop.kubectl("wait", "--for=condition=complete", "job/report-now", "--timeout=120s");
    expect(await shop.kubectl("logs", "job/report-now", "-c", "report")).to.match(/^[1-9]\d* orders$/);
  });

  it("[N5] none of them is scraped, as no entry has metrics; the requests are counted by the sidecars all the same", async () => {
    const { activeTargets } = await ask("targets?state=active", shop.namespace);
    const pools = activeTargets.map(({ scrapePool }: { scrapePool: string }) => scrapePool);
    expect(pools).to.include("prometheus");
    for (const name of ["httpbin", "orders", "mailer", "quotes", "mqtt"]) expect(pools).to.not.include(name);
    const counted = await until(
      "the sidecars have been read",
      120,
      () => samplesOf('sum(envoy_cluster_upstream_rq{cluster_name=~"outbound.*orders.*"})', shop.namespace),
      ([sum]) => Number(sum?.value[1]) > 0,
    );
    expect(Number(counted[0]?.value[1])).to.be.above(0);
  });

  it("takes less memory than what makes an autoscaler add a pod", async () => {
    const names = "httpbin|orders|mailer|quotes|mqtt";
    const used = await until(
      "the kubelet has been read",
      120,
      () =>
        samplesOf(
          `max by (container) (container_memory_working_set_bytes{container=~"${names}"})`,
          shop.namespace,
        ),
      (samples) => samples.length === 5,
    );
    tell(
      used
        .map(({ metric, value }) => `${metric.container}: ${(Number(value[1]) / 1e6).toFixed(0)} MB`)
        .join("\n"),
    );
    // The autoscaler would add a pod.
    for (const { metric, value } of used)
      expect(Number(value[1]), metric.container).to.be.below(128 * 2 ** 20);
  });
});
