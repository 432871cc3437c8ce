import { readFileSync } from "node:fs";
import { expect } from "chai";
import { alertGroups } from "../../components/monitoring/alerts";
import { dashboardsOf } from "../../components/monitoring/dashboards";
import { scrapeConfig } from "../../components/monitoring/scrape";
import { planImagesOf } from "../../embedded/images/plan-images";
import type { Catalog } from "../../model/catalog";
import { check } from "../../model/checks";
import { makePlan } from "../../model/make-plan";
import { quotaOf } from "../../model/quota";
import { probes } from "../../policy/probes";
import { messageOf } from "../../policy/rule";
import { foreign } from "../foreign/images";
import { objectOf, type Rendered, renderPlan, settingsOf } from "../support/render";
import { shop } from "./shop";

const catalog = shop as Catalog;
const OWN = { orders: { environment: { PAYMENT_TERMS: "30 days" } } };
const planWith = (services: Record<string, unknown> = {}, changes: Record<string, unknown> = {}) =>
  makePlan(
    catalog,
    settingsOf("dev", { configuration: {}, services: { ...OWN, ...services }, ...changes }, catalog),
  );

/** What a team brings that wrote nothing of it for this platform. */
describe("A platform of foreign services", () => {
  const plan = planWith({ mqtt: { release: { version: "v2", weight: 25 } } });
  let resources: Rendered[];
  before(async () => {
    resources = await renderPlan(plan);
  });
  const object = (kind: string, name: string) => objectOf(resources, kind, name);
  const named = (kind: string) =>
    resources.filter(({ inputs }) => inputs.kind === kind).map(({ inputs }) => inputs.metadata.name);
  const container = (kind: string, name: string) => {
    const { spec } = object(kind, name);
    return (spec.jobTemplate?.spec ?? spec).template.spec.containers[0];
  };
  const variable = (kind: string, name: string, key: string) =>
    container(kind, name).env.find((one: { name: string }) => one.name === key)?.value;
  const serves = (name: string) =>
    object("Service", name).spec.ports.map(({ name, port, targetPort }: any) => [name, port, targetPort]);

  it("takes under 80 lines, and asks for nothing once its environment has given what it owes", () => {
    expect(readFileSync("test/platforms/shop.ts", "utf8").split("\n").length).to.be.below(80);
    expect(check(plan)).to.deep.equal([]);
  });

  it("[N1] runs the very image, command and arguments of an entry", () => {
    expect(container("Deployment", "httpbin").image).to.equal("docker.io/shop/httpbin:2.26.0");
    expect(container("Deployment", "httpbin")).to.not.have.any.keys("command", "args");
    expect(container("Deployment", "quotes").args).to.deep.equal(["-sleep", "87600h"]);
    expect(container("Deployment", "orders")).to.deep.include({
      image: "docker.io/shop/orders:1.0.0",
      command: ["uvicorn", "orders.api:app", "--host", "0.0.0.0", "--port", "8000"],
    });
  });

  it("[N1] takes a tag or a digest from the environment, and a digest of the catalog stays with its tag", () => {
    const digest = `sha256:${"a".repeat(64)}`;
    const pinned = {
      ...catalog,
      services: { web: { port: 3000, image: `registry.local:5000/web:1.0@${digest}` } },
    } as Catalog;
    const imageOf = (web: object, images = {}) =>
      makePlan(pinned, settingsOf("dev", { services: { web }, images, configuration: {} }, pinned))
        .services[0]?.image;
    const other = `sha256:${"b".repeat(64)}`;
    expect(imageOf({})).to.equal(`registry.local:5000/web:1.0@${digest}`);
    expect(imageOf({ tag: "2.0" })).to.equal("registry.local:5000/web:2.0");
    expect(imageOf({}, { digests: { web: other } })).to.equal(`registry.local:5000/web:1.0@${other}`);
  });

  it("[N1] names images that are built from the registries for its tests", () => {
    const named = [...plan.services, ...plan.jobs].map(({ image }) => image);
    const { ordersNext: _, ordersBroken: __, ...first } = foreign;
    expect([...new Set(named)].sort()).to.deep.equal(Object.values(first).sort());
  });

  it("[N1] has nothing built in the place of an image that the catalog names", () => {
    expect(planImagesOf(plan).services).to.deep.equal([]);
  });

  it("[N2] gives a variable of each entry the value of that entry, or the environment's", () => {
    expect(variable("Deployment", "httpbin", "GREETING")).to.equal("hello");
    expect(variable("Deployment", "orders", "GREETING")).to.equal("hi");
    expect(variable("Deployment", "orders", "PAYMENT_TERMS")).to.equal("30 days");
    expect(variable("Deployment", "mailer", "GREETING")).to.equal(undefined);
  });

  it("[N3] runs a worker without a Service, ports, probes and whatever else leads to one", () => {
    expect(container("Deployment", "mailer")).to.not.have.any.keys(
      "ports",
      "livenessProbe",
      "readinessProbe",
    );
    for (const kind of ["Service", "DestinationRule", "VirtualService", "AuthorizationPolicy"]) {
      expect(named(kind), kind).to.not.include("mailer");
    }
    expect(named("HorizontalPodAutoscaler")).to.include("mailer");
    expect(named("PodDisruptionBudget")).to.include("mailer");
    const { spec } = object("NetworkPolicy", "mailer");
    expect(spec.policyTypes).to.deep.equal(["Ingress", "Egress"]);
    expect(spec).to.not.have.property("ingress");
    expect(spec.egress.map(({ ports }: any) => ports[0].port)).to.deep.equal([1883, 8000, 5671]);
  });

  it("[N3] runs a cron job by its schedule, under an identity of its own", () => {
    const { spec } = object("CronJob", "report");
    expect(spec).to.deep.include({
      schedule: "*/5 * * * *",
      timeZone: "Etc/UTC",
      concurrencyPolicy: "Forbid",
    });
    const { template, ...job } = spec.jobTemplate.spec;
    expect(job).to.deep.include({ backoffLimit: 0, activeDeadlineSeconds: 3600 });
    expect(template.metadata.labels.app).to.equal("report");
    expect(template.spec).to.include({ restartPolicy: "Never", serviceAccountName: "report" });
    expect(named("ServiceAccount")).to.include("report");
    expect(named("Deployment")).to.not.include("report");
  });

  it("[N3] has a cron job wait for its stores, and read its own login", () => {
    const { spec } = object("CronJob", "report").spec.jobTemplate.spec.template;
    expect(spec.initContainers.map(({ name }: { name: string }) => name)).to.deep.equal([
      "wait-for-postgres",
    ]);
    const url = container("CronJob", "report").env.find(({ name }: any) => name === "DATABASE_URL");
    expect(url.valueFrom.secretKeyRef).to.deep.equal({ name: "postgres-report", key: "url" });
    expect(container("CronJob", "report")).to.not.have.property("lifecycle");
  });

  it("[N3] runs a job once for each image, and `up` waits for it as long as it may take", () => {
    const { metadata, spec } = object("Job", "seed");
    expect(metadata.annotations).to.deep.equal({
      "pulumi.com/timeoutSeconds": "3630",
      "pulumi.com/replaceUnready": "true",
    });
    expect(spec.template.spec.restartPolicy).to.equal("Never");
    expect(variable("Job", "seed", "ORDERS_URL")).to.equal("http://orders:80");
    const { options } = resources.find(({ inputs }) => inputs === object("Job", "seed")) ?? {};
    expect(options?.deleteBeforeReplace).to.equal(true);
  });

  it("[N3] opens the ways of jobs by their edges as of everything else", () => {
    const callersOf = (app: string) =>
      object("AuthorizationPolicy", app).spec.rules.flatMap(({ from }: any) =>
        from[0].source.principals.map((principal: string) => principal.split("/").at(-1)),
      );
    expect(callersOf("orders")).to.deep.equal(["httpbin", "seed", "nginx"]);
    expect(callersOf("postgres")).to.deep.equal([
      "orders",
      "orders-migration",
      "report",
      "postgres-login",
      "postgres-exporter",
    ]);
  });

  it("[N4] serves gRPC on port 80, by the name that the mesh knows it by", () => {
    expect(serves("quotes")).to.deep.equal([["grpc", 80, "grpc"]]);
    expect(container("Deployment", "quotes").ports).to.deep.equal([{ name: "grpc", containerPort: 50051 }]);
    expect(variable("Deployment", "httpbin", "QUOTES_ADDRESS")).to.equal("quotes:80");
    expect(object("VirtualService", "quotes").spec.http).to.deep.equal([
      {
        route: [{ destination: { host: "quotes", subset: "v1", port: { number: 80 } } }],
        retries: { attempts: 3, retryOn: "connect-failure,refused-stream,reset-before-request" },
      },
    ]);
  });

  it("[N4] serves TCP on the service's own port, and shares its connections between versions", () => {
    expect(serves("mqtt")).to.deep.equal([
      ["tcp-1883", 1883, "tcp-1883"],
      ["http-admin", 8000, "http-admin"],
    ]);
    const route = (number: number) =>
      [
        ["v1", 75],
        ["v2", 25],
      ].map(([subset, weight]) => ({ destination: { host: "mqtt", subset, port: { number } }, weight }));
    const { http, tcp } = object("VirtualService", "mqtt").spec;
    expect(tcp).to.deep.equal([{ match: [{ port: 1883 }], route: route(1883) }]);
    expect(http.map(({ match, route }: any) => ({ match, route }))).to.deep.equal([
      { match: [{ port: 8000 }], route: route(8000) },
    ]);
    expect(object("DestinationRule", "mqtt").spec.trafficPolicy.connectionPool).to.have.all.keys("tcp");
  });

  it("[N4] lets two services have the same port, and callers reach all ports of one", () => {
    expect(container("Deployment", "orders").ports).to.deep.equal([{ name: "http", containerPort: 8000 }]);
    expect(variable("Deployment", "mailer", "MQTT_ADDRESS")).to.equal("mqtt:1883");
    expect(variable("Deployment", "mailer", "MQTT_HTTP_ADMIN_ADDRESS")).to.equal("mqtt:8000");
    const { ingress } = object("NetworkPolicy", "mqtt").spec;
    expect(ingress.map(({ ports }: any) => ports[0].port)).to.deep.equal([1883, 8000]);
  });

  it("[N5] probes by HTTP, gRPC or TCP, at the platform's times where an entry has none", () => {
    const times = { initialDelaySeconds: 2, periodSeconds: 5, timeoutSeconds: 3, failureThreshold: 3 };
    expect(container("Deployment", "httpbin").readinessProbe).to.deep.equal({
      httpGet: { path: "/bin/status/200", port: "http" },
      ...times,
    });
    expect(container("Deployment", "quotes").readinessProbe).to.deep.equal({
      grpc: { port: 50051 },
      ...times,
    });
    expect(container("Deployment", "mqtt").readinessProbe).to.deep.equal({
      tcpSocket: { port: "tcp-1883" },
      ...times,
    });
  });

  it("[N5] reads no metrics and asks no health page that an entry does not have", () => {
    const jobs = scrapeConfig(plan).scrape_configs.map(({ job_name }) => job_name);
    expect(jobs).to.not.include.members(["load-balancer-health"]);
    for (const name of Object.keys(shop.services)) expect(jobs).to.not.include(name);
    const rules = alertGroups(plan).flatMap(({ rules }) => rules);
    const alerts = rules.map(({ alert }) => alert);
    for (const alert of ["ServiceUnhealthy", "ServiceUnreachable", "DependencyDown"]) {
      expect(alerts).to.not.include(alert);
    }
    const queries = [
      ...rules.map(({ expr }) => expr),
      ...dashboardsOf(plan).flatMap(({ panels }) =>
        panels.flatMap(({ queries }) => queries.map(({ expr }) => expr)),
      ),
    ];
    for (const name of Object.keys(shop.services)) {
      expect(
        queries.filter((query) => query.includes(`up{job="${name}"}`)),
        name,
      ).to.deep.equal([]);
    }
  });

  it("[N5] finds out by the kubelets whether pods run that have no metrics", () => {
    const down = alertGroups(plan)
      .flatMap(({ rules }) => rules)
      .find(({ alert, labels }) => alert === "ServiceDown" && labels.service === "mailer");
    expect(down).to.deep.include({
      expr: 'absent(container_memory_working_set_bytes{job="containers",namespace="shop",container="mailer"})',
      for: "2m",
    });
  });

  it("[N5] breaks no house rule where nothing is probed, as it says so", () => {
    const broken = resources.flatMap(({ inputs }) => probes.violations(inputs)).map(messageOf);
    expect(broken).to.deep.equal([]);
    expect(object("Deployment", "mailer").spec.template.metadata.annotations["platform/unprobed"]).to.equal(
      "livenessProbe,readinessProbe",
    );
    expect(object("Deployment", "orders").spec.template.metadata.annotations).to.not.have.property(
      "platform/unprobed",
    );
  });

  it("[N3] has room in its namespace for its jobs and migrations", () => {
    const without = planWith({}, { services: OWN });
    const services = without.services.map(({ migration: _, ...service }) => service);
    expect(quotaOf(without).pods).to.equal("44");
    expect(quotaOf({ ...without, services, jobs: [] }).pods).to.equal("41");
  });
});
