import { expect } from "chai";
import type {
  ClusterState,
  Endpoint,
  Labels,
  Peer,
  Policy,
  PolicyPort,
} from "../../../embedded/cluster/network/policies/objects";
import { ruleset } from "../../../embedded/cluster/network/policies/ruleset";

export const postgres = pod("malai", { app: "postgres" }, "10.244.0.10", [5432, "postgres"]);
export const auth = pod("malai", { app: "auth", tier: "service" }, "10.244.0.11", [4000, "http"]);
export const gateway = pod("malai", { app: "gateway", tier: "edge" }, "10.244.0.12", [3000, "http"]);
export const prometheus = pod("monitoring", { app: "prometheus" }, "10.244.0.20");
export const dns: Endpoint = {
  kind: "daemon",
  namespace: "kube-system",
  labels: { "k8s-app": "kube-dns" },
  address: "10.244.0.1",
  ports: [
    { name: "dns", protocol: "UDP", number: 53, listens: 10053 },
    { name: "dns-tcp", protocol: "TCP", number: 53, listens: 10053 },
  ],
};
export const all = [postgres, auth, gateway, prometheus, dns];

export function pod(
  namespace: string,
  labels: Labels,
  address: string,
  ...ports: [number, string][]
): Endpoint {
  return {
    kind: "pod",
    namespace,
    labels,
    address,
    ports: ports.map(([number, name]) => ({ name, protocol: "TCP", number, listens: number })),
  };
}

export function policy(spec: Policy["spec"]): Policy {
  return { metadata: { namespace: "malai", name: "policy" }, spec };
}

export function stateOf(policies: Policy[], endpoints = all): ClusterState {
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
export function rulesOf(...policies: Policy[]) {
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
export function admitted(peer: Peer, more: Endpoint[] = []) {
  const admit = policy({ podSelector: { matchLabels: { app: "postgres" } }, ingress: [{ from: [peer] }] });
  return rulesIn(ruleset(stateOf([admit], [...all, ...more]))).ingress(postgres);
}

/** What of a pod is open to everybody by a policy of some ports. */
export function opened(ports: PolicyPort[]) {
  return rulesOf(policy({ podSelector: {}, ingress: [{ ports }] })).ingress(auth);
}

/** What Postgres may reach. */
export function reached(to: Peer[], ports: PolicyPort[]) {
  const policies = policy({ podSelector: {}, policyTypes: ["Egress"], egress: [{ to, ports }] });
  return rulesOf(policies).egress(postgres);
}
