import { expect } from "chai";
import { scrapeConfig } from "../../../components/monitoring/scrape";
import { type Catalog, definePlatform, service } from "../../../model/catalog";
import { makePlan } from "../../../model/make-plan";
import { malai } from "../../../platforms/malai";
import { objectOf, type Rendered, renderPlan, settingsOf } from "../../support/render";

const odd = definePlatform({
  name: "odd",
  host: "odd.example",
  probes: malai.probes,
  discovery: { apiPort: true, headless: true },
  services: {
    web: {
      port: 3000,
      ports: { "http-admin": 3001 },
      probes: {
        startup: { path: "/started", failures: 60 },
        liveness: { exec: ["check", "--alive"], period: 30 },
        readiness: { grpc: "web.v1", port: 3002 },
      },
      metrics: { port: 9000, path: "/stats" },
      health: "/status",
    },
    plain: { port: 3000 },
    pump: { kind: "worker", metrics: { port: 9100 }, probes: { liveness: { exec: ["alive"] } } },
    setup: { kind: "job", uses: [service("web")] },
    nightly: {
      kind: "cronJob",
      schedule: "0 3 * * *",
      timeZone: "Europe/Berlin",
      concurrency: "Replace",
      deadline: 60,
      retries: 2,
      uses: [service("web")],
    },
  },
}) as Catalog;

describe("An entry that describes its own workload", () => {
  const plan = makePlan(odd, settingsOf("prod", { services: {}, configuration: {} }, odd));
  let resources: Rendered[];
  before(async () => {
    resources = await renderPlan(plan);
  });
  const container = (name: string) =>
    objectOf(resources, "Deployment", name).spec.template.spec.containers[0];
  const job = (name: string) =>
    scrapeConfig(plan).scrape_configs.find(({ job_name }) => job_name === name) as any;
  /** Names of what the component of a workload waits for. */
  const waitsFor = (type: string, name: string) => {
    const found = resources.find((one) => one.type === type && one.name === name);
    return [found?.options.dependsOn ?? []].flat().map((one: any) => one.__name);
  };

  it("[N5] is asked by a command, by gRPC at another port, and first whether it has started", () => {
    expect(container("web").livenessProbe).to.deep.equal({
      exec: { command: ["check", "--alive"] },
      initialDelaySeconds: 30,
      periodSeconds: 30,
      timeoutSeconds: 5,
      failureThreshold: 3,
    });
    expect(container("web").readinessProbe.grpc).to.deep.equal({ port: 3002, service: "web.v1" });
    expect(container("web").startupProbe).to.deep.equal({
      httpGet: { path: "/started", port: "http" },
      initialDelaySeconds: 0,
      periodSeconds: 5,
      timeoutSeconds: 3,
      failureThreshold: 60,
    });
  });

  it("[N5] is scraped at the port and path that it names, which its Service does not lead to", () => {
    expect(job("web").metrics_path).to.equal("/stats");
    expect(job("web").relabel_configs[0].regex).to.equal("9000");
    expect(container("web").ports).to.deep.equal([
      { name: "http", containerPort: 3000 },
      { name: "http-admin", containerPort: 3001 },
      { name: "http-metrics", containerPort: 9000 },
    ]);
    const edges = plan.edges.filter(({ from, to }) => from === "prometheus" && to === "web");
    expect(edges.map(({ port }) => port)).to.deep.equal([9000, 3000]);
  });

  it("[N5] has its health page asked at its own path, and another service at the usual one", () => {
    expect(job("load-balancer-health").static_configs).to.deep.equal([
      { targets: ["web:80"], labels: { service: "web", __metrics_path__: "/status" } },
      { targets: ["plain:80"], labels: { service: "plain" } },
    ]);
  });

  it("[N5] is scraped as a worker, too, where it names a port", () => {
    expect(job("pump").relabel_configs[0].regex).to.equal("9100");
    expect(container("pump").ports).to.deep.equal([{ name: "http-metrics", containerPort: 9100 }]);
    expect(
      objectOf(resources, "Deployment", "pump").spec.template.metadata.annotations["platform/unprobed"],
    ).to.equal("readinessProbe");
  });

  it("[N4] is found at each of its ports, by its Service and by the name of its pods", () => {
    const ports = (name: string) =>
      objectOf(resources, "Service", name).spec.ports.map(({ name, port }: any) => [name, port]);
    expect(ports("web")).to.deep.equal([
      ["http", 80],
      ["http-admin", 3001],
      ["http-api", 3000],
    ]);
    expect(ports("web-headless")).to.deep.equal([
      ["http", 3000],
      ["http-admin", 3001],
    ]);
    expect(resources.filter(({ inputs }) => inputs.metadata?.name === "pump-headless")).to.deep.equal([]);
  });

  it("[N3] runs again as often, and as long, as a cron job says", () => {
    const { spec } = objectOf(resources, "CronJob", "nightly");
    expect(spec).to.include({
      schedule: "0 3 * * *",
      timeZone: "Europe/Berlin",
      concurrencyPolicy: "Replace",
    });
    expect(spec.jobTemplate.spec).to.include({ backoffLimit: 2, activeDeadlineSeconds: 60 });
  });

  it("[N3] comes as a job after the services that it calls, which a cron job may find later", () => {
    const type = "platform:services:EndingWorkload";
    expect(waitsFor(type, "odd-setup")).to.include("odd-web");
    expect(waitsFor(type, "odd-nightly")).to.not.include("odd-web");
  });
});
