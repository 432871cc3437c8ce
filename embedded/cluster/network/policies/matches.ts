import { contains } from "../addresses";
import type { ClusterState, Endpoint, Labels, Peer, PolicyPort } from "./objects";
import { selects } from "./selectors";

/** One rule of a policy, of either direction. Without peers or without ports it means all of them. */
export interface Rule {
  /** Namespace of the policy. */
  namespace: string;
  peers: Peer[];
  ports: PolicyPort[];
}

/**
 * What a rule lets into a pod, as matches of nftables; no match at all lets nothing in. Daemons are no sources:
 * what comes from the node is never filtered.
 */
export function ingressMatches(rule: Rule, pod: Endpoint, state: ClusterState): string[] {
  const named = rule.ports.flatMap((port) =>
    listeners(pod, port).map(({ protocol, listens }) => ({ protocol, port: listens })),
  );
  const ports = rule.ports.length === 0 ? [""] : portMatches([...rule.ports.filter(isNumeric), ...named]);
  return combine(addressMatches("saddr", rule, state), ports);
}

/**
 * What a rule lets a pod reach. The pods and blocks by numbers; what has a port of that name, and the daemons
 * beside the cluster, by pairs of address and port: their address is the API server's as well.
 */
export function egressMatches(rule: Rule, state: ClusterState): string[] {
  const ports = rule.ports.length === 0 ? [""] : portMatches(rule.ports.filter(isNumeric));
  const matches = combine(addressMatches("daddr", rule, state), ports);
  const pairs = state.endpoints
    .filter((endpoint) => isPeer(endpoint, rule, state))
    .flatMap((endpoint) =>
      reached(endpoint, rule).map(({ protocol, listens }) => ({
        protocol,
        pair: `${endpoint.address} . ${listens}`,
      })),
    );
  for (const protocol of protocols) {
    const elements = unique(pairs.filter((pair) => pair.protocol === protocol).map(({ pair }) => pair));
    if (elements.length > 0)
      matches.push(`ip daddr . ${protocol.toLowerCase()} dport { ${elements.join(", ")} }`);
  }
  return matches;
}

/** Those that a NetworkPolicy can name. */
const protocols = ["TCP", "UDP", "SCTP"];

/** A port by its number or a range; a name says nothing without the pod it belongs to. */
const isNumeric = ({ port }: PolicyPort) => typeof port !== "string";

/** Ports of an endpoint that only it can tell: those of a pod by name, those of a daemon always. */
function reached(endpoint: Endpoint, { ports }: Rule) {
  if (endpoint.kind === "pod") return ports.flatMap((port) => listeners(endpoint, port));
  const { ports: all } = endpoint;
  return ports.length === 0 ? all : all.filter((one) => ports.some((port) => includes(port, one)));
}

/** Ports of an endpoint that a policy names by name. */
function listeners(endpoint: Endpoint, port: PolicyPort) {
  return isNumeric(port) ? [] : endpoint.ports.filter((one) => includes(port, one));
}

function includes({ protocol = "TCP", port, endPort }: PolicyPort, one: Endpoint["ports"][number]): boolean {
  if (protocol !== one.protocol) return false;
  if (port === undefined) return true;
  if (typeof port === "string") return port === one.name;
  return port <= one.number && one.number <= (endPort ?? port);
}

/** One match a protocol. */
function portMatches(ports: PolicyPort[]): string[] {
  return protocols.flatMap((protocol) => {
    const same = ports.filter((port) => (port.protocol ?? "TCP") === protocol);
    const name = protocol.toLowerCase();
    if (same.length === 0) return [];
    if (same.some(({ port }) => port === undefined)) return [`meta l4proto ${name}`];
    return [`${name} dport { ${ranges(same).join(", ")} }`];
  });
}

/** nftables refuses ranges that overlap. */
function ranges(ports: PolicyPort[]): string[] {
  const merged: [number, number][] = [];
  const sorted = ports
    .map(({ port, endPort }): [number, number] => [Number(port), Number(endPort ?? port)])
    .sort(([a], [b]) => a - b);
  for (const [first, last] of sorted) {
    const before = merged.at(-1);
    if (before && first <= before[1] + 1) before[1] = Math.max(before[1], last);
    else merged.push([first, last]);
  }
  return merged.map(([first, last]) => (first === last ? `${first}` : `${first}-${last}`));
}

/** Matches of the addresses of a rule's pods and blocks. */
function addressMatches(field: "saddr" | "daddr", rule: Rule, state: ClusterState): string[] {
  if (rule.peers.length === 0) return [""];
  const addresses = state.endpoints
    .filter(
      (endpoint) =>
        endpoint.kind === "pod" &&
        rule.peers.some((peer) => selectsEndpoint(peer, rule.namespace, endpoint, state)),
    )
    .map(({ address }) => address);
  const blocks = rule.peers.flatMap(({ ipBlock }) => {
    if (!ipBlock || !isIPv4(ipBlock.cidr)) return [];
    const { cidr, except = [] } = ipBlock;
    return [[`ip ${field} ${cidr}`, ...except.map((inner) => `ip ${field} != ${inner}`)].join(" ")];
  });
  return addresses.length > 0 ? [`ip ${field} { ${unique(addresses).join(", ")} }`, ...blocks] : blocks;
}

/** Whether a rule means an endpoint, by labels or by its address. */
function isPeer(endpoint: Endpoint, { namespace, peers }: Rule, state: ClusterState): boolean {
  if (peers.length === 0) return true;
  return peers.some(
    (peer) => selectsEndpoint(peer, namespace, endpoint, state) || isInBlock(peer, endpoint.address),
  );
}

function selectsEndpoint(
  peer: Peer,
  namespace: string,
  endpoint: Endpoint,
  { namespaces }: ClusterState,
): boolean {
  const { podSelector, namespaceSelector } = peer;
  if (!podSelector && !namespaceSelector) return false;
  // A namespace that has just gone is in no map; its last pods have no labels of it.
  const labels: Labels = namespaces.get(endpoint.namespace) ?? {};
  const inNamespace = namespaceSelector
    ? selects(namespaceSelector, labels)
    : endpoint.namespace === namespace;
  return inNamespace && selects(podSelector ?? {}, endpoint.labels);
}

function isInBlock({ ipBlock }: Peer, address: string): boolean {
  if (!ipBlock || !isIPv4(ipBlock.cidr)) return false;
  return contains(ipBlock.cidr, address) && !(ipBlock.except ?? []).some((inner) => contains(inner, address));
}

/** Pods have no other addresses. */
const isIPv4 = (cidr: string) => !cidr.includes(":");

const combine = (addresses: string[], ports: string[]) =>
  addresses.flatMap((address) => ports.map((port) => [address, port].filter(Boolean).join(" ")));

/** In an order that does not depend on the API server's. */
const unique = (values: string[]) => [...new Set(values)].sort();
