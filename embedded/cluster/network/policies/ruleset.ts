import { createHash } from "node:crypto";
import { clusterName } from "../../layout";
import { bridge } from "../addresses";
import { egressMatches, ingressMatches, type Rule } from "./matches";
import type { ClusterState, Endpoint, Policy } from "./objects";
import { selects } from "./selectors";

/** Name and family of the table that holds the rules, as `nft` wants it. */
export const policiesTable = `table inet ${clusterName}-policies`;

/**
 * NetworkPolicy v1 as a ruleset for `nft -f`, which replaces the one before at once or not at all. Each packet
 * that opens a connection costs one look-up of its source and one of its destination. A pod that a policy
 * selects has an entry there, which leads to the chain of what its policies allow and drops the rest; pods for
 * which the same is allowed share a chain. Both directions must allow.
 *
 * - Dropped, not refused: a new pod's first packet may be earlier than the rule that lets it pass, and TCP
 *   repeats what is dropped.
 * - What belongs to a connection passes: a new policy ends none that is open.
 * - From the node to pods everything passes, or probes would fail. From pods to the node (the API server, daemons
 *   beside the cluster) passes what their policies allow.
 * - Services are translated before: policies see the addresses and ports of the pods behind them.
 * - Between pods there is no IPv6: their link-local addresses are in no policy.
 */
export function ruleset(state: ClusterState): string {
  const pods = [
    ...new Map(
      state.endpoints.filter(({ kind }) => kind === "pod").map((pod) => [pod.address, pod]),
    ).values(),
  ];
  const directions = (["egress", "ingress"] as const).map((direction) => isolated(direction, pods, state));
  const addresses = [...new Set(directions.flatMap(({ addresses }) => addresses))];
  return `add ${policiesTable}
delete ${policiesTable}
${policiesTable} {
${directions.flatMap(({ chains }) => chains).join("\n")}
${directions.map(({ map }) => map).join("\n")}
  set itself {
    type ipv4_addr . ipv4_addr
${elements(addresses.map((address) => `${address} . ${address}`))}  }
  chain forward {
    type filter hook forward priority filter
    ct state established,related accept
    iifname "${bridge}" meta nfproto ipv6 drop
    ip saddr . ip daddr @itself accept
    ip saddr vmap @egress
    ip daddr vmap @ingress
  }
  chain input {
    type filter hook input priority filter
    ct state established,related accept
    iifname "${bridge}" meta nfproto ipv6 drop
    ip saddr vmap @egress
  }
}
`;
}

type Direction = "egress" | "ingress";

/** The look-up of one direction and the chains that it leads to. */
function isolated(direction: Direction, pods: Endpoint[], state: ClusterState) {
  const chains = new Map<string, string>();
  const jumps = new Map<string, string>();
  for (const pod of pods) {
    const policies = state.policies.filter((policy) => isolates(policy, direction, pod));
    if (policies.length === 0) continue;
    const body = chainBody(direction, pod, policies, state);
    const name = `${direction}-${createHash("sha256").update(body).digest("hex").slice(0, 12)}`;
    chains.set(name, `  chain ${name} {\n${body}  }`);
    jumps.set(pod.address, name);
  }
  return {
    addresses: [...jumps.keys()],
    chains: [...chains.values()].sort(),
    map: `  map ${direction} {\n    type ipv4_addr : verdict\n${elements([...jumps].map(([address, chain]) => `${address} : jump ${chain}`))}  }`,
  };
}

/** Whether a policy selects a pod and says something about a direction. The API server fills in `policyTypes`. */
function isolates({ metadata, spec }: Policy, direction: Direction, pod: Endpoint): boolean {
  const types = spec.policyTypes ?? (spec.egress?.length ? ["Ingress", "Egress"] : ["Ingress"]);
  return (
    metadata.namespace === pod.namespace &&
    types.includes(direction === "ingress" ? "Ingress" : "Egress") &&
    selects(spec.podSelector ?? {}, pod.labels)
  );
}

/** What several policies allow is what any of them allows. */
function chainBody(direction: Direction, pod: Endpoint, policies: Policy[], state: ClusterState): string {
  const matches = policies.flatMap((policy) =>
    rulesOf(policy, direction).flatMap((rule) =>
      direction === "ingress" ? ingressMatches(rule, pod, state) : egressMatches(rule, state),
    ),
  );
  // A peer that may reach everything needs no further rules.
  const allowed = matches.includes("") ? [""] : [...new Set(matches)].sort();
  return `${allowed.map((match) => `    ${match} return\n`).join("")}    counter drop\n`;
}

function rulesOf({ metadata: { namespace }, spec }: Policy, direction: Direction): Rule[] {
  if (direction === "ingress") {
    return (spec.ingress ?? []).map(({ from = [], ports = [] }) => ({ namespace, peers: from, ports }));
  }
  return (spec.egress ?? []).map(({ to = [], ports = [] }) => ({ namespace, peers: to, ports }));
}

/** nftables refuses an empty list. */
function elements(list: string[]): string {
  return list.length > 0 ? `    elements = { ${[...list].sort().join(", ")} }\n` : "";
}
