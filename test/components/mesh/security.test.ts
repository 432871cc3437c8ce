import { expect } from "chai";
import { podRulesOf } from "../../../components/mesh/destination-rules";
import { allowNothing, authorizationPoliciesOf, onlyMutualTls } from "../../../components/mesh/security";
import { serviceEntriesOf, sidecarsOf } from "../../../components/mesh/sidecars";
import { telemetryOf } from "../../../components/mesh/telemetry";
import { workloadsOf } from "../../../model/edges";
import type { Plan } from "../../../model/plan";
import { dealcycle } from "../../../platforms/dealcycle";
import { malai } from "../../../platforms/malai";
import { planFor } from "./plans";

const environments: [string, Plan][] = [
  ["malai", planFor(malai)],
  ["dealcycle", planFor(dealcycle)],
  ["malai with three nodes of RabbitMQ", planFor(malai, { rabbitmq: { replicas: 3 } })],
  ["dealcycle behind a controller", planFor(dealcycle, { frontDoor: { kind: "controller" } })],
];

/** Ports of `to` at which its policy lets `from` in by name. */
const allowed = (plan: Plan, from: string, to: string) =>
  (authorizationPoliciesOf(plan).find(({ name }) => name === to)?.spec.rules ?? [])
    .filter((rule) =>
      rule.from?.some(({ source }) =>
        source?.principals?.includes(`cluster.local/ns/${plan.namespace}/sa/${from}`),
      ),
    )
    .flatMap((rule) => rule.to?.flatMap(({ operation }) => operation?.ports ?? []) ?? [])
    .map(Number);

const seenBy = (plan: Plan, app: string) =>
  sidecarsOf(plan).find(({ name }) => name === app)?.spec.egress?.[0]?.hosts ?? [];

const pairsOf = (plan: Plan) =>
  workloadsOf(plan).flatMap((from) => workloadsOf(plan).map((to): [string, string] => [from, to]));

const declared = (plan: Plan, from: string, to: string) =>
  plan.edges.filter((edge) => edge.from === from && edge.to === to).map(({ port }) => port);

describe("Identity in the mesh", () => {
  it("[D13] [O11] speaks mutual TLS and nothing else in the whole namespace", () => {
    expect(onlyMutualTls.spec).to.deep.equal({ mtls: { mode: "STRICT" } });
  });

  it("[D13] allows nothing that no policy allows", () => {
    expect(allowNothing.spec).to.deep.equal({});
  });

  for (const [title, plan] of environments) {
    it(`[D13] [O11] of every pair of workloads, allows what is declared and nothing else: ${title}`, () => {
      for (const [from, to] of pairsOf(plan)) {
        expect(allowed(plan, from, to), `${from} → ${to}`).to.have.members(declared(plan, from, to));
      }
      expect(plan.edges.length).to.be.above(10);
    });

    it(`[D13] of every pair of workloads, lets the caller see what is declared and nothing else: ${title}`, () => {
      for (const [from, to] of pairsOf(plan)) {
        const seen = seenBy(plan, from).includes(`./${to}.${plan.namespace}.svc.cluster.local`);
        expect(seen, `${from} → ${to}`).to.equal(declared(plan, from, to).length > 0);
      }
    });

    it(`[D13] has no rule without an identity: ${title}`, () => {
      const open = authorizationPoliciesOf(plan).flatMap(({ spec }) =>
        (spec.rules ?? []).filter(({ from }) => !from),
      );
      expect(open).to.deep.equal([]);
    });
  }

  it("[D13] [R63] opens a service to the gateway only where there is one, and only if it has routes", () => {
    const gateway = "cluster.local/ns/istio-system/sa/istio-ingressgateway-service-account";
    const open = (mesh: Record<string, unknown>) =>
      authorizationPoliciesOf(planFor(malai, { mesh }))
        .filter(({ spec }) => JSON.stringify(spec).includes(gateway))
        .map(({ name }) => name);
    expect(open({ gateway: true })).to.deep.equal(["api-gateway"]);
    expect(open({})).to.deep.equal([]);
  });

  it("[D4] lets the ingress controller of another namespace in where there is one", () => {
    const policies = authorizationPoliciesOf(planFor(dealcycle, { frontDoor: { kind: "controller" } }));
    const leads = policies.find(({ name }) => name === "leads-service")?.spec.rules ?? [];
    expect(leads).to.deep.include({
      from: [{ source: { namespaces: ["nginx-ingress"] } }],
      to: [{ operation: { ports: ["3002"] } }],
    });
  });
});

describe("Sidecar", () => {
  const plan = planFor(malai);

  it("refuses what it does not see, but for Prometheus, which reads by address, and Alertmanager, whose URL is a secret", () => {
    const modes = Object.fromEntries(
      sidecarsOf(plan).map(({ name, spec }) => [name, spec.outboundTrafficPolicy?.mode]),
    );
    const { prometheus, alertmanager, ...others } = modes;
    expect([prometheus, alertmanager]).to.deep.equal(["ALLOW_ANY", "ALLOW_ANY"]);
    expect(new Set(Object.values(others))).to.deep.equal(new Set(["REGISTRY_ONLY"]));
  });

  it("knows the hosts outside the cluster that a service declares, and shows them to it alone", () => {
    expect(seenBy(plan, "payment-service")).to.include("./api.omise.co");
    expect(seenBy(plan, "notification-service")).to.include.members(["./api.line.me", "./smtp.malai.test"]);
    expect(seenBy(plan, "auth-service").filter((host) => !host.endsWith(".svc.cluster.local"))).to.deep.equal(
      ["istio-system/*"],
    );
    const entries = Object.fromEntries(serviceEntriesOf(plan).map(({ name, spec }) => [name, spec]));
    expect(Object.keys(entries)).to.deep.equal(["api.omise.co", "api.line.me", "smtp.malai.test"]);
    expect(entries["api.omise.co"]).to.deep.equal({
      hosts: ["api.omise.co"],
      location: "MESH_EXTERNAL",
      resolution: "DNS",
      exportTo: ["."],
      ports: [{ number: 443, name: "tls-443", protocol: "TLS" }],
    });
    expect(entries["smtp.malai.test"]?.ports).to.deep.equal([
      { number: 587, name: "tcp-587", protocol: "TCP" },
    ]);
  });

  it("lets nginx find the services by the host that browsers ask for", () => {
    expect(seenBy(plan, "nginx")).to.include.members([
      "./malai.app",
      "./api-gateway.malai.svc.cluster.local",
    ]);
  });
});

describe("Single pods in the mesh", () => {
  const plan = planFor(malai, { rabbitmq: { replicas: 3 } });

  it("let the nodes of RabbitMQ find each other", () => {
    expect(seenBy(plan, "rabbitmq")).to.include("./rabbitmq-nodes.malai.svc.cluster.local");
  });

  it("[D13] are spoken to by mutual TLS", () => {
    const rules = podRulesOf(plan);
    expect(rules.map(({ spec }) => spec.host)).to.deep.equal(["rabbitmq-nodes"]);
    for (const { spec } of rules) expect(spec.trafficPolicy?.tls).to.deep.equal({ mode: "ISTIO_MUTUAL" });
    expect(podRulesOf(planFor(dealcycle)).map(({ name }) => name)).to.include("leads-service-headless");
  });
});

describe("Telemetry of the mesh", () => {
  it("[O11] traces everything in development, one request in twenty in production", () => {
    const sampling = (tier: string) =>
      telemetryOf(planFor(malai, { tier })).spec.tracing?.[0]?.randomSamplingPercentage;
    expect([sampling("development"), sampling("production")]).to.deep.equal([100, 5]);
  });

  it("[O11] logs every request in development, those that failed in production", () => {
    const logging = (tier: string) => telemetryOf(planFor(malai, { tier })).spec.accessLogging?.[0];
    expect(logging("development")).to.deep.equal({ providers: [{ name: "envoy" }] });
    expect(logging("production")?.filter?.expression).to.equal("!has(response.code) || response.code >= 400");
  });
});
