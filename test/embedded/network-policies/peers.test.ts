import { expect } from "chai";
import {
  admitted,
  auth,
  gateway,
  opened,
  pod,
  policy,
  postgres,
  prometheus,
  reached,
  rulesOf,
} from "./support";

describe("NetworkPolicy", () => {
  describe("isolation", () => {
    it("[D12] leaves a pod alone that no policy selects", () => {
      const rules = rulesOf(policy({ podSelector: { matchLabels: { app: "postgres" } } }));
      expect(rules.ingress(auth)).to.equal("open");
      expect(rules.egress(auth)).to.equal("open");
    });

    it("[D12] default deny drops everything in both directions, for the pods of its namespace only", () => {
      const rules = rulesOf(policy({ podSelector: {}, policyTypes: ["Ingress", "Egress"] }));
      expect(rules.ingress(postgres)).to.deep.equal([]);
      expect(rules.egress(auth)).to.deep.equal([]);
      expect(rules.ingress(prometheus)).to.equal("open");
    });

    it("isolates in the direction alone that policyTypes names", () => {
      const rules = rulesOf(policy({ podSelector: {}, policyTypes: ["Egress"] }));
      expect(rules.ingress(postgres)).to.equal("open");
      expect(rules.egress(postgres)).to.deep.equal([]);
    });

    it("without policyTypes it isolates ingress, and egress if it has a rule for that", () => {
      const ingressOnly = rulesOf(policy({ podSelector: {} }));
      expect([ingressOnly.ingress(auth), ingressOnly.egress(auth)]).to.deep.equal([[], "open"]);
      const both = rulesOf(policy({ podSelector: {}, egress: [{}] }));
      expect([both.ingress(auth), both.egress(auth)]).to.deep.equal([[], [""]]);
    });

    it("ignores policies that have no pod", () => {
      expect(rulesOf(policy({ podSelector: { matchLabels: { app: "gone" } } })).ingress(auth)).to.equal(
        "open",
      );
    });
  });

  describe("peers", () => {
    it("[D12] a podSelector names pods of the policy's own namespace", () => {
      const elsewhere = pod("other", { app: "auth" }, "10.244.0.30");
      expect(admitted({ podSelector: { matchLabels: { app: "auth" } } }, [elsewhere])).to.deep.equal([
        "ip saddr { 10.244.0.11 }",
      ]);
    });

    it("a namespaceSelector names all pods of the namespaces", () => {
      expect(admitted({ namespaceSelector: { matchLabels: { team: "ops" } } })).to.deep.equal([
        "ip saddr { 10.244.0.20 }",
      ]);
    });

    it("both in one peer name the pods that fulfil both", () => {
      const other = pod("monitoring", { app: "grafana" }, "10.244.0.21");
      const namespaceSelector = { matchLabels: { team: "ops" } };
      const podSelector = { matchLabels: { app: "prometheus" } };
      expect(admitted({ namespaceSelector, podSelector }, [other])).to.deep.equal([
        "ip saddr { 10.244.0.20 }",
      ]);
    });

    it("an empty namespaceSelector names every pod, and no daemon of the node", () => {
      expect(admitted({ namespaceSelector: {} })).to.deep.equal([
        "ip saddr { 10.244.0.10, 10.244.0.11, 10.244.0.12, 10.244.0.20 }",
      ]);
    });

    for (const [operator, values, expected] of [
      ["In", ["edge", "other"], ["10.244.0.12"]],
      ["NotIn", ["edge"], ["10.244.0.10", "10.244.0.11"]],
      ["Exists", undefined, ["10.244.0.11", "10.244.0.12"]],
      ["DoesNotExist", undefined, ["10.244.0.10"]],
    ] as const) {
      it(`a selector's ${operator} is evaluated as Kubernetes does`, () => {
        const expression = { key: "tier", operator, ...(values && { values: [...values] }) };
        expect(admitted({ podSelector: { matchExpressions: [expression] } })).to.deep.equal([
          `ip saddr { ${expected.join(", ")} }`,
        ]);
      });
    }

    it("an ipBlock names addresses, less its exceptions", () => {
      const ipBlock = { cidr: "10.0.0.0/8", except: ["10.1.0.0/16", "10.1.2.0/24"] };
      expect(admitted({ ipBlock })).to.deep.equal([
        "ip saddr 10.0.0.0/8 ip saddr != 10.1.0.0/16 ip saddr != 10.1.2.0/24",
      ]);
    });

    it("an ipBlock of IPv6 names nothing, as pods have no such addresses", () => {
      expect(admitted({ ipBlock: { cidr: "fd00::/8" } })).to.deep.equal([]);
    });

    it("a selector that finds no pod admits no pod", () => {
      expect(admitted({ podSelector: { matchLabels: { app: "gone" } } })).to.deep.equal([]);
    });
  });

  describe("ports", () => {
    it("without a protocol they are TCP", () => {
      expect(opened([{ port: 80 }])).to.deep.equal(["tcp dport { 80 }"]);
    });

    it("may be of each protocol, and a protocol without a port is all of its ports", () => {
      expect(
        opened([{ protocol: "UDP", port: 53 }, { protocol: "SCTP", port: 7 }, { protocol: "TCP" }]),
      ).to.deep.equal(["meta l4proto tcp", "sctp dport { 7 }", "udp dport { 53 }"]);
    });

    it("endPort makes a range; what overlaps is merged, because nftables refuses it", () => {
      expect(
        opened([{ port: 90, endPort: 120 }, { port: 80, endPort: 95 }, { port: 85 }, { port: 200 }]),
      ).to.deep.equal(["tcp dport { 80-120, 200 }"]);
    });

    it("a name is looked up in the pod that is reached, for each pod by itself", () => {
      const rules = rulesOf(policy({ podSelector: {}, ingress: [{ ports: [{ port: "http" }] }] }));
      expect(rules.ingress(auth)).to.deep.equal(["tcp dport { 4000 }"]);
      expect(rules.ingress(gateway)).to.deep.equal(["tcp dport { 3000 }"]);
    });

    it("a name that the pod does not have opens nothing", () => {
      expect(opened([{ port: "metrics" }])).to.deep.equal([]);
    });

    it("a name of another protocol opens nothing", () => {
      expect(opened([{ protocol: "UDP", port: "http" }])).to.deep.equal([]);
    });

    it("to a name it reaches each peer at its own number", () => {
      expect(reached([{ podSelector: {} }], [{ port: "http" }])).to.deep.equal([
        "ip daddr . tcp dport { 10.244.0.11 . 4000, 10.244.0.12 . 3000 }",
      ]);
    });
  });
});
