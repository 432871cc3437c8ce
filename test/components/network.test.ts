import { expect } from "chai";
import type { Peer } from "../../components/network/peers";
import { type Policy, policiesOf } from "../../components/network/rules";
import { workloadsOf } from "../../model/edges";
import type { Edge, Plan } from "../../model/plan";
import { malai } from "../../platforms/malai";
import { planOf } from "../../stacks/plan";
import { manifestsOf, stacks } from "../support/manifests";
import { objectOf, render, settingsOf } from "../support/render";

type Rule = { from?: Peer[]; to?: Peer[]; ports: { protocol: string; port: number }[] };

const planFor = (stack: string, changes = {}) => planOf(settingsOf(stack, changes));
const apart = ({ from, to, port }: Edge) => `${from} → ${to}:${port}`;
const policy = (policies: Policy[], name: string): Policy["spec"] => {
  const found = policies.find((policy) => policy.name === name);
  if (!found) throw new Error(`no policy ${name} among ${policies.map(({ name }) => name).join(", ")}`);
  return found.spec;
};

/** The workload of the same namespace that a peer stands for, if it stands for one alone. */
const appOf = ({ podSelector, namespaceSelector, ipBlock }: Peer) =>
  namespaceSelector || ipBlock ? undefined : podSelector?.matchLabels?.app;

/** Every connection that the policies of a workload open in one direction, as edges. */
function opened(plan: Plan, direction: "ingress" | "egress"): string[] {
  const policies = policiesOf(plan);
  return workloadsOf(plan).flatMap((app) => {
    const rules: Rule[] = policy(policies, app)[direction] ?? [];
    return rules.flatMap(({ from, to, ports }) =>
      [...(from ?? []), ...(to ?? [])].flatMap((peer) => {
        const other = appOf(peer);
        if (!other) return [];
        return ports.map(({ port }) =>
          apart(direction === "ingress" ? { from: other, to: app, port } : { from: app, to: other, port }),
        );
      }),
    );
  });
}

/** Where a workload may connect to outside its namespace. */
const outwards = (plan: Plan, app: string) =>
  (policy(policiesOf(plan), app).egress ?? []).filter(({ to }) => to.every((peer) => !appOf(peer)));

/** Who may connect to a workload from outside its namespace. */
const inwards = (plan: Plan, app: string) =>
  (policy(policiesOf(plan), app).ingress ?? []).filter(({ from }) => !from?.some(appOf));

describe("NetworkPolicies", () => {
  it("[D12] let nothing connect to anything that is not named", () => {
    expect(policy(policiesOf(planFor("prod")), "default-deny")).to.deep.equal({
      podSelector: {},
      policyTypes: ["Ingress", "Egress"],
    });
  });

  for (const stack of stacks) {
    it(`[O11] [D12] open every edge of ${stack} at both ends, and nothing else`, () => {
      const plan = planFor(stack);
      const present = workloadsOf(plan);
      const edges = plan.edges
        .filter(({ from, to }) => present.includes(from) && present.includes(to))
        .map(apart);
      expect(edges).to.have.length.above(15);
      expect(opened(plan, "ingress")).to.have.members(edges);
      expect(opened(plan, "egress")).to.have.members(edges);
    });

    it(`[D12] make those objects in ${stack}, one for each workload that has pods`, async () => {
      const manifests = await manifestsOf(stack);
      const made = manifests.filter(({ kind }) => kind === "NetworkPolicy");
      expect(made.map(({ metadata, spec }) => ({ name: metadata.name, spec }))).to.have.deep.members(
        policiesOf(planFor(stack)),
      );
      const pods = manifests
        .filter(({ kind }) => ["Deployment", "StatefulSet", "Job"].includes(kind))
        .map(({ spec }) => spec.template.metadata.labels.app);
      expect(new Set(workloadsOf(planFor(stack)))).to.deep.equal(new Set(pods));
    });
  }

  it("[O1] keep payment-service from Redis, and everybody but its users from the event-service", () => {
    const both = [...opened(planFor("prod"), "ingress"), ...opened(planFor("prod"), "egress")];
    expect(both.filter((edge) => edge.startsWith("payment-service → redis"))).to.deep.equal([]);
    const callers = both.filter((edge) => edge.includes("→ event-service:"));
    expect(new Set(callers)).to.deep.equal(
      new Set(["api-gateway → event-service:4001", "prometheus → event-service:4001"]),
    );
  });

  it("let every pod look names up", () => {
    const { podSelector, egress } = policy(policiesOf(planFor("prod")), "allow-dns");
    expect(podSelector).to.deep.equal({});
    expect(egress?.[0]?.to).to.deep.equal([
      {
        namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "kube-system" } },
        podSelector: { matchLabels: { "k8s-app": "kube-dns" } },
      },
    ]);
    expect(egress?.[0]?.ports).to.deep.equal([
      { protocol: "UDP", port: 53 },
      { protocol: "TCP", port: 53 },
    ]);
  });

  it("let users in to nginx from anywhere, and to nothing else", () => {
    const plan = planFor("prod", { mesh: { enabled: false } });
    expect(inwards(plan, "nginx")).to.deep.equal([
      {
        ports: [
          { protocol: "TCP", port: 8080 },
          { protocol: "TCP", port: 8443 },
        ],
      },
    ]);
    const others = workloadsOf(plan).filter((app) => app !== "nginx" && inwards(plan, app).length > 0);
    expect(others).to.deep.equal([]);
  });

  it("[D4] let the ingress controller in to services with routes, where there is no nginx of the platform's own", () => {
    const controller = { namespace: "ingress" };
    const plan = planFor("prod", { frontDoor: { kind: "controller", controller }, mesh: { enabled: false } });
    expect(workloadsOf(plan)).to.not.include("nginx");
    expect(inwards(plan, "api-gateway")).to.deep.equal([
      {
        from: [{ namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "ingress" } } }],
        ports: [{ protocol: "TCP", port: 3000 }],
      },
    ]);
    expect(inwards(plan, "auth-service")).to.deep.equal([]);
  });

  it("[D5] [R63] let the mesh's gateway in to services with routes, where the settings have one", () => {
    const doors = (mesh: Record<string, unknown>) =>
      inwards(planFor("prod", { mesh }), "api-gateway").map(({ from }) => from?.[0]?.podSelector);
    expect(doors({ gateway: true })).to.deep.equal([{ matchLabels: { istio: "ingressgateway" } }]);
    expect(doors({})).to.deep.equal([]);
  });

  it("[R44] let Prometheus out to the sidecars of an ingress controller in the mesh", () => {
    const sidecars = (frontDoor: Record<string, unknown>) =>
      (policy(policiesOf(planFor("prod", { frontDoor })), "prometheus").egress ?? [])
        .filter(({ ports }) => ports[0]?.port === 15090)
        .map(({ to }) => to[0]?.namespaceSelector?.matchLabels);
    const controller = { "kubernetes.io/metadata.name": "nginx-ingress" };
    expect(sidecars({ kind: "controller" })).to.deep.equal([undefined, controller]);
    expect(sidecars({ kind: "standalone" })).to.deep.equal([undefined]);
  });

  it("[D5] let sidecars out to the control plane", () => {
    const plan = planFor("prod");
    const { egress } = policy(policiesOf(plan), "allow-mesh");
    expect(egress?.[0]?.to[0]?.podSelector).to.deep.equal({ matchLabels: { app: "istiod" } });
    expect(egress?.[0]?.ports).to.deep.equal([{ protocol: "TCP", port: 15012 }]);
  });

  it("know nothing of a mesh where there is none", () => {
    const names = policiesOf(planFor("prod", { mesh: { enabled: false } })).map(({ name }) => name);
    expect(names).to.not.include("allow-mesh");
  });

  it("let services that declare it call the internet, on that port, and no private network", () => {
    const plan = planFor("prod");
    const [rule, ...more] = outwards(plan, "payment-service");
    expect(more).to.deep.equal([]);
    expect(rule?.ports).to.deep.equal([{ protocol: "TCP", port: 443 }]);
    expect(rule?.to[0]?.ipBlock?.except).to.include.members([
      "10.0.0.0/8",
      "169.254.0.0/16",
      "192.168.0.0/16",
    ]);
    expect(outwards(plan, "notification-service")[0]?.ports.map(({ port }) => port)).to.deep.equal([
      443, 587,
    ]);
    expect(outwards(plan, "auth-service")).to.deep.equal([]);
  });

  it("[D6] let Prometheus read the API server and the nodes", () => {
    const plan = planFor("prod", { mesh: { enabled: false } });
    expect(outwards(plan, "prometheus").map(({ ports }) => ports.map(({ port }) => port))).to.deep.equal([
      [443, 6443, 10250],
    ]);
  });

  it("[O10] hold for the second version of a service as for the first", async () => {
    const services = { "event-service": { release: {} } };
    const { spec } = objectOf(
      await render(malai, settingsOf("prod", { services })),
      "Deployment",
      "event-service-v2",
    );
    const { podSelector } = policy(policiesOf(planFor("prod", { services })), "event-service");
    expect(spec.template.metadata.labels).to.include(podSelector.matchLabels);
  });
});
