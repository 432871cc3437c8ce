import { expect } from "chai";
import type {
  ClusterState,
  Endpoint,
  Labels,
  Peer,
  Policy,
  PolicyPort,
} from "../../embedded/cluster/network-policies/objects";
import { ruleset } from "../../embedded/cluster/network-policies/ruleset";

const postgres = pod("malai", { app: "postgres" }, "10.244.0.10", [5432, "postgres"]);
const auth = pod("malai", { app: "auth", tier: "service" }, "10.244.0.11", [4000, "http"]);
const gateway = pod("malai", { app: "gateway", tier: "edge" }, "10.244.0.12", [3000, "http"]);
const prometheus = pod("monitoring", { app: "prometheus" }, "10.244.0.20");
const dns: Endpoint = {
  kind: "daemon",
  namespace: "kube-system",
  labels: { "k8s-app": "kube-dns" },
  address: "10.244.0.1",
  ports: [
    { name: "dns", protocol: "UDP", number: 53, listens: 10053 },
    { name: "dns-tcp", protocol: "TCP", number: 53, listens: 10053 },
  ],
};
const all = [postgres, auth, gateway, prometheus, dns];

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

    it("a selector that finds nobody admits nobody", () => {
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

    it("makes the rules of 110 pods with three policies each in less than 200 ms", () => {
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

function pod(namespace: string, labels: Labels, address: string, ...ports: [number, string][]): Endpoint {
  return {
    kind: "pod",
    namespace,
    labels,
    address,
    ports: ports.map(([number, name]) => ({ name, protocol: "TCP", number, listens: number })),
  };
}

function policy(spec: Policy["spec"]): Policy {
  return { metadata: { namespace: "malai", name: "policy" }, spec };
}

function stateOf(policies: Policy[], endpoints = all): ClusterState {
  const labelled = { malai: {}, other: {}, monitoring: { team: "ops" }, "kube-system": {} };
  const namespaces = new Map(
    Object.entries(labelled).map(([name, labels]): [string, Labels] => [
      name,
      { "kubernetes.io/metadata.name": name, ...labels },
    ]),
  );
  return { namespaces, endpoints, policies };
}

/** What the ruleset does with a pod: `open`, or what it lets through before it drops the rest. */
function rulesOf(...policies: Policy[]) {
  return rulesIn(ruleset(stateOf(policies)));
}

function rulesIn(text: string) {
  const of =
    (direction: "ingress" | "egress") =>
    (pod: Endpoint): string | string[] => {
      const map = new RegExp(`map ${direction} \\{[^}]*\\}`).exec(text)?.[0] ?? "";
      const chain = new RegExp(`${pod.address.replaceAll(".", "\\.")} : jump (\\S+?)[, ]`).exec(map)?.[1];
      if (chain === undefined) return "open";
      const lines =
        text
          .split(`chain ${chain} {\n`)[1]
          ?.split("\n  }")[0]
          ?.split("\n")
          .map((line) => line.trim()) ?? [];
      expect(lines.at(-1)).to.equal("counter drop");
      return lines.slice(0, -1).map((line) => line.replace(/ ?return$/, ""));
    };
  return { ingress: of("ingress"), egress: of("egress") };
}

/** What may reach Postgres by a policy that admits one peer. */
function admitted(peer: Peer, more: Endpoint[] = []) {
  const admit = policy({ podSelector: { matchLabels: { app: "postgres" } }, ingress: [{ from: [peer] }] });
  return rulesIn(ruleset(stateOf([admit], [...all, ...more]))).ingress(postgres);
}

/** What of a pod is open to everybody by a policy of some ports. */
function opened(ports: PolicyPort[]) {
  return rulesOf(policy({ podSelector: {}, ingress: [{ ports }] })).ingress(auth);
}

/** What Postgres may reach. */
function reached(to: Peer[], ports: PolicyPort[]) {
  const policies = policy({ podSelector: {}, policyTypes: ["Egress"], egress: [{ to, ports }] });
  return rulesOf(policies).egress(postgres);
}
