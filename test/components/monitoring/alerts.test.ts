import { readFileSync } from "node:fs";
import { expect } from "chai";
import { parse } from "yaml";
import { alertGroups } from "../../../components/monitoring/alerts";
import type { AlertRule } from "../../../components/monitoring/alerts/rule";
import { malai } from "../../../platforms/malai";
import { planOf } from "../../../stacks/plan";
import { objectOf, type Rendered, render, settingsOf } from "../../support/render";

const rulesOf = (stack: string, changes: Record<string, unknown> = {}): AlertRule[] =>
  alertGroups(planOf(settingsOf(stack, changes))).flatMap(({ rules }) => rules);
const namesOf = (rules: AlertRule[]) => [...new Set(rules.map(({ alert }) => alert))];

describe("Alerts", () => {
  it("[D8] tell of each kind that row D8 lists", () => {
    const groups = alertGroups(planOf(settingsOf("dealcycle-prod")));
    const alerts = Object.fromEntries(groups.map(({ name, rules }) => [name, namesOf(rules)]));
    expect(alerts["service-health"]).to.include.members([
      "ServiceUnhealthy",
      "ServiceDown",
      "DependencyDown",
    ]);
    expect(alerts.requests).to.include.members(["HighErrorRate", "SlowAnswers", "ErrorBudgetBurning"]);
    expect(alerts.resources).to.include.members(["CpuNearLimit", "MemoryNearLimit", "VolumeFilling"]);
    expect(alerts.autoscaling).to.include.members(["AutoscalerAtMaximum", "Scaled", "ReplicasMissing"]);
    expect(alerts["service-discovery"]).to.include.members(["ServiceUnreachable", "DiscoveryFailing"]);
  });

  it("[D8] know each service's own bounds", () => {
    const atMaximum = rulesOf("dev").find(
      ({ alert, labels }) => alert === "AutoscalerAtMaximum" && labels.service === "event-service",
    );
    expect(atMaximum?.expr).to.equal('count(up{job="event-service"} == 1) >= 4');
  });

  it("[D11] [D8] are those of row D11: 5 % errors, 2 s, 99.9 %", () => {
    const expressionOf = (name: string) => rulesOf("prod").find(({ alert }) => alert === name)?.expr;
    expect(expressionOf("HighErrorRate")).to.match(/ > 0\.05$/);
    expect(expressionOf("SlowAnswers")).to.match(/^histogram_quantile\(0\.95,.* > 2$/);
    expect(expressionOf("ErrorBudgetBurning")).to.contain("> 0.0144");
  });

  it("[N21] go by what callers' sidecars count in a mesh, and by each service's own metrics without one", () => {
    const metricsIn = (changes = {}) =>
      new Set(
        rulesOf("dev", changes)
          .filter(({ alert }) => ["HighErrorRate", "ErrorBudgetBurning", "SlowAnswers"].includes(alert))
          .flatMap(({ expr }) => expr.match(/\b(?:envoy|http)_\w+/g)),
      );
    expect([...metricsIn()]).to.deep.equal([
      "envoy_cluster_upstream_rq",
      "envoy_cluster_upstream_rq_time_bucket",
    ]);
    expect([...metricsIn({ mesh: { enabled: false } })]).to.deep.equal([
      "http_requests_total",
      "http_request_duration_seconds_bucket",
    ]);
  });

  it("[O13] tell of a log that is not archived, where the stack archives it", () => {
    expect(namesOf(rulesOf("prod"))).to.include("ArchivingFails");
    expect(namesOf(rulesOf("dev"))).to.not.include("ArchivingFails");
  });

  it("[O11] say who is to act, what is wrong, and where it says what to do", () => {
    for (const { alert, labels, annotations } of rulesOf("prod")) {
      expect(labels.severity, alert).to.be.oneOf(["page", "ticket", "info", "none"]);
      expect(annotations.summary, alert).to.not.be.empty;
      expect(annotations.runbook, alert).to.equal(`docs/operations.md#${alert.toLowerCase()}`);
    }
  });

  it("[R62] lead to the guide by a URL that works in any message, where the stack says where it is", () => {
    const runbooks = "https://git.example.com/shop/platform/blob/main/docs/operations.md";
    const rules = rulesOf("prod", { alertmanager: { webhook: true, runbooks } });
    for (const { alert, annotations } of rules) {
      expect(annotations.runbook_url, alert).to.equal(`${runbooks}#${alert.toLowerCase()}`);
      expect(annotations, alert).to.not.have.property("runbook");
    }
    expect(() => settingsOf("prod", { alertmanager: { runbooks: "docs/operations.md" } })).to.throw(
      /platform:alertmanager\.runbooks/,
    );
  });

  it("[R62] have no link where the stack names no page", () => {
    for (const { annotations } of rulesOf("prod")) expect(annotations).to.not.have.property("runbook_url");
  });

  it("[D12] each have their line in the guide", () => {
    const guide = readFileSync("docs/operations.md", "utf8");
    const alerts = namesOf([...rulesOf("prod"), ...rulesOf("dealcycle-prod")]);
    expect(
      alerts.filter((name) => !guide.includes(`<a id="${name.toLowerCase()}"></a>${name} |`)),
    ).to.deep.equal([]);
  });
});

describe("Alertmanager", () => {
  let prod: Rendered[];
  let dev: Rendered[];
  before(async () => {
    prod = await render(malai, settingsOf("prod"));
    dev = await render(malai, settingsOf("dev"));
  });
  const routing = (resources: Rendered[]) =>
    parse(objectOf(resources, "ConfigMap", "alertmanager").data["alertmanager.yml"]);

  it("[D8] is told by Prometheus", () => {
    const { data } = objectOf(prod, "ConfigMap", "prometheus");
    const { alerting, rule_files } = parse(data["prometheus.yml"]);
    expect(alerting.alertmanagers[0].static_configs[0].targets).to.deep.equal(["alertmanager:9093"]);
    expect(rule_files).to.deep.equal(["rules.yml"]);
    expect(parse(data["rules.yml"]).groups).to.have.lengthOf(7);
  });

  it("[D8] sends pages to the stack's webhook, which only a Secret knows", () => {
    const { route, receivers } = routing(prod);
    const page = route.routes.find(({ matchers }: any) => matchers.includes('severity="page"'));
    expect(page).to.include({ receiver: "webhook", repeat_interval: "4h" });
    expect(receivers).to.deep.include({
      name: "webhook",
      webhook_configs: [{ url_file: "/etc/alertmanager-secrets/webhook-url" }],
    });
    const { stringData } = objectOf(prod, "Secret", "alertmanager");
    expect(Object.keys(stringData.value ?? stringData)).to.deep.equal(["webhook-url"]);
  });

  /** How Alertmanager groups an alert: as the route says that takes it, or the one above. */
  function groupOf(labels: Record<string, string>): string {
    const fits = (matcher: string) => {
      const [, label = "", value = ""] = /^(\w+)="(.*)"$/.exec(matcher) ?? [];
      return (labels[label] ?? "") === value;
    };
    let { route } = routing(prod);
    let by: string[] = route.group_by;
    for (; route; route = route.routes?.find(({ matchers }: any) => matchers.every(fits))) {
      by = route.group_by ?? by;
    }
    return by.map((label) => labels[label] ?? "").join("/");
  }

  it("[R62] sends one message for all pages of a service, and one for all tickets", () => {
    for (const severity of ["page", "ticket"]) {
      const names = ["HighErrorRate", "SlowAnswers", "ServiceDown"];
      const groups = names.map((alertname) => groupOf({ alertname, severity, service: "auth-service" }));
      expect(new Set(groups)).to.deep.equal(new Set(["auth-service"]));
      expect(groupOf({ alertname: "SlowAnswers", severity, service: "event-service" })).to.equal(
        "event-service",
      );
    }
  });

  it("[R62] sends what is of no service by what it is: a full volume does not hide behind a missing store", () => {
    const page = { severity: "page" };
    expect(groupOf({ ...page, alertname: "VolumeFull" })).to.equal("VolumeFull");
    expect(groupOf({ ...page, alertname: "AlertsNotDelivered" })).to.equal("AlertsNotDelivered");
    expect(groupOf({ severity: "ticket", alertname: "RuleFailing" })).to.equal("RuleFailing");
    expect(groupOf({ severity: "none", alertname: "Watchdog" })).to.equal("Watchdog");
  });

  it("[D8] only shows them where the stack has none", () => {
    expect(routing(dev).receivers).to.deep.equal([{ name: "shown" }]);
    expect(routing(dev).route.receiver).to.equal("shown");
  });

  it("[O12] asks for the webhook that a stack promises, with the command", () => {
    expect(planOf(settingsOf("prod")).ownSecrets).to.deep.equal(["ALERT_WEBHOOK_URL"]);
    expect(planOf(settingsOf("dev")).ownSecrets).to.deep.equal([]);
  });

  it("[D12] may call outside only where it has a webhook", () => {
    const egress = (resources: Rendered[]) =>
      objectOf(resources, "NetworkPolicy", "alertmanager").spec.egress;
    expect(egress(prod)[0].ports).to.deep.equal([{ protocol: "TCP", port: 443 }]);
    expect(egress(dev)).to.equal(undefined);
  });
});
