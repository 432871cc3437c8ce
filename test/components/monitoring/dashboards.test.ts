import { expect } from "chai";
import { dashboardJson, dashboardsOf } from "../../../components/monitoring/dashboards";
import { quantity } from "../../../model/quantity";
import { malai } from "../../../platforms/malai";
import { planOf } from "../../../stacks/plan";
import { objectOf, type Rendered, render, settingsOf } from "../../support/render";

const STACKS = ["dev", "prod", "dealcycle-dev", "dealcycle-prod"];
const dashboards = (stack: string, changes: Record<string, unknown> = {}) =>
  dashboardsOf(planOf(settingsOf(stack, changes)));
const panelsOf = (stack: string, uid: string, changes: Record<string, unknown> = {}) =>
  dashboards(stack, changes).find((dashboard) => dashboard.uid === uid)?.panels ?? [];

describe("Dashboards", () => {
  for (const stack of STACKS) {
    it(`[D7] of ${stack} are those of row D7, and one of the cost`, () => {
      expect(dashboards(stack).map(({ title }) => title)).to.deep.equal([
        "Service health",
        "Load balancing",
        "Autoscaling",
        "Service mesh",
        "Cost",
      ]);
    });

    it(`[D7] of ${stack} say of each panel what it answers`, () => {
      for (const { uid, panels } of dashboards(stack)) {
        for (const { title, description, queries } of panels) {
          expect(description, `${uid}: ${title}`).to.match(/\.$/);
          expect(queries, `${uid}: ${title}`).to.not.be.empty;
        }
      }
    });
  }

  it("[D7] show the bounds of each service's autoscaler beside its pods", () => {
    const replicas = panelsOf("dev", "autoscaling").find(
      ({ title }) => title === "Replicas of event-service",
    );
    expect(replicas?.queries.map(({ expr }) => expr)).to.deep.equal([
      'count(up{job="event-service"})',
      "vector(2)",
      "vector(4)",
    ]);
  });

  it("[D7] leave the mesh out where there is none, and nginx where a controller stands in its place", () => {
    expect(dashboards("dev", { mesh: { enabled: false } }).map(({ uid }) => uid)).to.not.include("mesh");
    const titles = (stack: string) => panelsOf(stack, "load-balancing").map(({ title }) => title);
    expect(titles("dev")).to.include("Connections at the front door");
    expect(titles("dealcycle-prod")).to.not.include("Connections at the front door");
  });

  it("[O11] show what is reserved, and money only where the stack has prices", () => {
    const prices = { cpuHour: 0.03, memoryGiBHour: 0.004 };
    expect(panelsOf("prod", "cost").map(({ title }) => title)).to.not.include("Cost of a month");
    const panel = panelsOf("prod", "cost", { prices }).find(({ title }) => title === "Cost of a month");
    // 250m and 256Mi (O5) for 730 hours.
    expect(panel?.queries[0]).to.deep.equal({
      expr: `count(up{job="api-gateway"}) * ${(730 * (0.25 * 0.03 + 0.25 * 0.004)).toFixed(4)}`,
      legend: "api-gateway",
    });
  });

  it("[D13] lie two in a row on Grafana's grid, each panel with a number and letters of its own", () => {
    for (const dashboard of dashboards("prod")) {
      const { panels } = dashboardJson(dashboard) as any;
      const places = panels.map(({ gridPos: { x, y } }: any) => `${x} ${y}`);
      expect(new Set(places).size).to.equal(panels.length);
      expect(panels.every(({ gridPos: { x, w } }: any) => x + w <= 24)).to.equal(true);
      expect(new Set(panels.map(({ id }: any) => id)).size).to.equal(panels.length);
      for (const { targets } of panels) {
        expect(new Set(targets.map(({ refId }: any) => refId)).size).to.equal(targets.length);
      }
    }
  });
});

describe("Grafana", () => {
  let resources: Rendered[];
  before(async () => {
    resources = await render(malai, settingsOf("prod"));
  });
  const pod = () => objectOf(resources, "Deployment", "grafana").spec.template.spec;

  it("[D7] finds every dashboard, each in a ConfigMap that other Grafanas find as well", () => {
    const maps = dashboards("prod").map(({ uid }) => `dashboard-${uid}`);
    const { projected } = pod().volumes.find(({ name }: any) => name === "dashboards");
    expect(projected.sources).to.deep.equal(maps.map((name) => ({ configMap: { name } })));
    for (const name of maps) {
      const { metadata, data } = objectOf(resources, "ConfigMap", name);
      expect(metadata.labels.grafana_dashboard).to.equal("1");
      expect(Object.values(data).every((json: any) => quantity(String(json.length)) < 2 ** 20)).to.equal(
        true,
      );
    }
  });

  it("[D7] asks the platform's Prometheus", () => {
    const { data } = objectOf(resources, "ConfigMap", "grafana");
    expect(data["datasources.yml"]).to.contain("url: http://prometheus:9090").and.contain("uid: prometheus");
  });

  it("[O11] has a password that no variable, argument or ConfigMap holds, and lets no user in without it", () => {
    const { env } = pod().containers[0];
    expect(env).to.deep.include({
      name: "GF_SECURITY_ADMIN_PASSWORD__FILE",
      value: "/etc/grafana-secrets/admin-password",
    });
    expect(env).to.deep.include({ name: "GF_AUTH_ANONYMOUS_ENABLED", value: "false" });
  });

  it("[D12] may call Prometheus, and nothing else but names", () => {
    const { spec } = objectOf(resources, "NetworkPolicy", "grafana");
    expect(spec.egress).to.deep.equal([
      {
        to: [{ podSelector: { matchLabels: { app: "prometheus" } } }],
        ports: [{ protocol: "TCP", port: 9090 }],
      },
    ]);
    expect(spec).to.not.have.property("ingress");
  });

  it("is left out where the stack says so; the dashboards stay", async () => {
    const dev = await render(malai, settingsOf("dev"));
    expect(dev.filter(({ name }) => name === "malai-grafana")).to.deep.equal([]);
    expect(objectOf(dev, "ConfigMap", "dashboard-service-health").data).to.have.key("service-health.json");
  });
});
