import { expect } from "chai";
import type { Peer, PolicyPort } from "../../../embedded/cluster/network/policies/objects";
import { ruleset } from "../../../embedded/cluster/network/policies/ruleset";
import { all, auth, dns, pod, policy, postgres, reached, rulesOf, stateOf } from "./support";

describe("NetworkPolicy rules", () => {
  describe("rules", () => {
    it("[D12] the union of all policies is allowed", () => {
      const rules = rulesOf(
        policy({ podSelector: {} }),
        policy({ podSelector: {}, ingress: [{ ports: [{ port: 80 }] }] }),
        policy({ podSelector: {}, ingress: [{ ports: [{ port: 443 }] }, { ports: [{ port: 80 }] }] }),
      );
      expect(rules.ingress(auth)).to.deep.equal(["tcp dport { 443 }", "tcp dport { 80 }"]);
    });

    it("within a rule each peer is allowed each port", () => {
      const from: Peer[] = [
        { podSelector: { matchLabels: { app: "auth" } } },
        { ipBlock: { cidr: "10.9.0.0/16" } },
      ];
      const ports: PolicyPort[] = [{ port: 80 }, { protocol: "UDP", port: 53 }];
      expect(
        rulesOf(policy({ podSelector: {}, ingress: [{ from, ports }] })).ingress(postgres),
      ).to.deep.equal([
        "ip saddr 10.9.0.0/16 tcp dport { 80 }",
        "ip saddr 10.9.0.0/16 udp dport { 53 }",
        "ip saddr { 10.244.0.11 } tcp dport { 80 }",
        "ip saddr { 10.244.0.11 } udp dport { 53 }",
      ]);
    });

    it("an empty rule allows everything", () => {
      expect(rulesOf(policy({ podSelector: {}, ingress: [{}] })).ingress(auth)).to.deep.equal([""]);
    });

    it("the same policies are the same chain, however many pods have them", () => {
      const text = ruleset(stateOf([policy({ podSelector: {}, policyTypes: ["Ingress", "Egress"] })]));
      expect(text.match(/chain ingress-/g)).to.have.length(1);
      expect(text.match(/jump ingress-/g)).to.have.length(3);
    });

    it("does not change with the order in which the API server tells its objects", () => {
      const policies = [
        policy({ podSelector: {}, ingress: [{ from: [{ podSelector: {} }] }] }),
        policy({
          podSelector: { matchLabels: { app: "auth" } },
          egress: [{ ports: [{ port: 80 }, { port: "http" }] }],
        }),
      ];
      const forwards = ruleset(stateOf(policies));
      expect(ruleset(stateOf([...policies].reverse(), [...all].reverse()))).to.equal(forwards);
    });

    it("replaces its own table as a whole, and touches no other", () => {
      const tables = ruleset(stateOf([])).match(/^(add|delete)? ?table .*$/gm);
      expect(tables).to.deep.equal([
        "add table inet microservice-platform-policies",
        "delete table inet microservice-platform-policies",
        "table inet microservice-platform-policies {",
      ]);
    });

    it("a pod always reaches itself, through its Service too", () => {
      const deny = policy({ podSelector: {} });
      expect(ruleset(stateOf([deny], [auth]))).to.include("elements = { 10.244.0.11 . 10.244.0.11 }");
    });

    it("are a chain for each set of policies, not for each of 110 pods", () => {
      const many = Array.from({ length: 110 }, (_, index) =>
        pod("malai", { app: `service-${index % 20}` }, `10.244.0.${index + 10}`, [
          3000 + (index % 20),
          "http",
        ]),
      );
      const policies = Array.from({ length: 20 }, (_, index) =>
        policy({
          podSelector: { matchLabels: { app: `service-${index}` } },
          ingress: [
            {
              from: [{ podSelector: { matchLabels: { app: `service-${(index + 1) % 20}` } } }],
              ports: [{ port: "http" }],
            },
          ],
          egress: [
            {
              to: [{ podSelector: { matchLabels: { app: `service-${(index + 19) % 20}` } } }],
              ports: [{ port: "http" }],
            },
          ],
        }),
      );
      const state = stateOf([...policies, policy({ podSelector: {} })], [...many, dns]);
      expect(ruleset(state).match(/chain (in|e)gress-/g)).to.have.length(40);
    });
  });

  describe("daemons beside the cluster", () => {
    const toDns: Peer = {
      namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "kube-system" } },
      podSelector: { matchLabels: { "k8s-app": "kube-dns" } },
    };
    const dnsAlone = [
      "ip daddr . tcp dport { 10.244.0.1 . 10053 }",
      "ip daddr . udp dport { 10.244.0.1 . 10053 }",
    ];

    it("[D12] the usual policy for DNS reaches CoreDNS on the node, and nothing else there", () => {
      const ports: PolicyPort[] = [
        { protocol: "UDP", port: 53 },
        { protocol: "TCP", port: 53 },
      ];
      expect(reached([toDns], ports)).to.deep.equal(dnsAlone);
      expect(reached([toDns], [{ protocol: "UDP", port: "dns" }])).to.deep.equal([dnsAlone[1]]);
    });

    it("without ports it reaches each of the daemon's, not the node", () => {
      expect(reached([toDns], [])).to.deep.equal(dnsAlone);
    });

    it("port 53 of anybody, or of a block with the node in it, is CoreDNS too", () => {
      const ports: PolicyPort[] = [{ protocol: "UDP", port: 53 }];
      expect(reached([], ports)).to.include(dnsAlone[1]);
      expect(reached([{ ipBlock: { cidr: "0.0.0.0/0" } }], ports)).to.include(dnsAlone[1]);
      const but = { cidr: "0.0.0.0/0", except: ["10.244.0.0/24"] };
      expect(reached([{ ipBlock: but }], ports)).not.to.include(dnsAlone[1]);
    });

    it("other pods of kube-system or another port do not open it", () => {
      expect(reached([{ podSelector: {} }], [{ protocol: "UDP", port: 53 }])).to.deep.equal([
        "ip daddr { 10.244.0.10, 10.244.0.11, 10.244.0.12 } udp dport { 53 }",
      ]);
      expect(reached([toDns], [{ port: 443 }])).to.deep.equal([]);
    });
  });
});
