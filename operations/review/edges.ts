import type {
  V1LabelSelector,
  V1NetworkPolicy,
  V1NetworkPolicyPeer,
  V1NetworkPolicyPort,
} from "@kubernetes/client-node";
import { type Inputs, list } from "./object";
import type { Change, State } from "./preview";

/** A connection that something allows: `api-gateway → auth-service:4000`. */
function edgesAllowedBy(kind: string, { inputs }: State): string[] {
  return readers[kind]?.(inputs) ?? [];
}

/**
 * Every connection that a stack allows, before or after, with the kinds of objects that allow it. The two ends of
 * an edge, and the mesh's rule for it, come out as one.
 */
export function allowedEdges(changes: readonly Change[], when: "old" | "new"): Map<string, Set<string>> {
  const edges = new Map<string, Set<string>>();
  for (const change of changes) {
    const state = change[when];
    for (const edge of state ? edgesAllowedBy(change.kind, state) : []) {
      edges.set(edge, (edges.get(edge) ?? new Set()).add(change.kind));
    }
  }
  return edges;
}

/** As far as it is read here (security.istio.io/v1). */
interface AuthorizationPolicy {
  spec?: {
    action?: string;
    selector?: V1LabelSelector;
    rules?: { from?: { source?: Source }[]; to?: { operation?: { ports?: string[] } }[] }[];
  };
}

interface Source {
  principals?: string[];
  namespaces?: string[];
  ipBlocks?: string[];
}

/** networking.istio.io/v1. */
interface ServiceEntry {
  spec?: { hosts?: string[]; ports?: { number?: number }[] };
}

const readers: Readonly<Record<string, (inputs: Inputs) => string[]>> = {
  NetworkPolicy: (inputs) => {
    const { spec } = inputs as V1NetworkPolicy;
    const self = podsOf(spec?.podSelector);
    return [
      ...list(spec?.ingress).flatMap(({ _from, ports, ...rest }) => {
        // The API's own name of the field, which the client's types escape.
        const { from } = rest as { from?: V1NetworkPolicyPeer[] };
        return peersOf(from ?? _from).flatMap((peer) =>
          portsOf(ports).map((port) => `${peer} → ${self}:${port}`),
        );
      }),
      ...list(spec?.egress).flatMap(({ to, ports }) =>
        peersOf(to).flatMap((peer) => portsOf(ports).map((port) => `${self} → ${peer}:${port}`)),
      ),
    ];
  },

  AuthorizationPolicy: (inputs) => {
    const { spec } = inputs as AuthorizationPolicy;
    if ((spec?.action ?? "ALLOW") !== "ALLOW") return [];
    const self = podsOf(spec?.selector);
    return list(spec?.rules).flatMap(({ from, to }) => {
      const ports = list(to).flatMap(({ operation }) => operation?.ports ?? []);
      return sourcesOf(from).flatMap((source) =>
        (ports.length > 0 ? ports : ["any"]).map((port) => `${source} → ${self}:${port}`),
      );
    });
  },

  ServiceEntry: (inputs) => {
    const { spec } = inputs as ServiceEntry;
    return list(spec?.hosts).flatMap((host) =>
      list(spec?.ports).map(({ number }) => `the mesh → ${host}:${number}`),
    );
  },
};

/** The name most objects are selected by, else the whole selector. */
function podsOf(selector: V1LabelSelector | undefined): string {
  const labels = selector?.matchLabels ?? {};
  const { app, "app.kubernetes.io/name": name } = labels;
  const rest = [
    ...Object.entries(labels).map(([key, value]) => `${key}=${value}`),
    ...list(selector?.matchExpressions).map(
      ({ key, operator, values = [] }) => `${key} ${operator} ${values.join("|")}`,
    ),
  ];
  return app ?? name ?? (rest.length > 0 ? rest.join(", ") : "every pod");
}

/** No list of peers is a list of all of them. */
function peersOf(peers: readonly V1NetworkPolicyPeer[] | undefined): string[] {
  const given = list(peers);
  if (given.length === 0) return ["anyone"];
  return given.map(({ podSelector, namespaceSelector, ipBlock }) => {
    if (ipBlock) {
      const except = list(ipBlock.except);
      return except.length > 0 ? `${ipBlock.cidr} without ${except.join(", ")}` : ipBlock.cidr;
    }
    return `${podsOf(podSelector)}${namespaceSelector ? ` in ${namespaceOf(namespaceSelector)}` : ""}`;
  });
}

function namespaceOf({ matchLabels = {} }: V1LabelSelector): string {
  const name = matchLabels["kubernetes.io/metadata.name"];
  const labels = Object.entries(matchLabels).map(([key, value]) => `${key}=${value}`);
  return name ?? (labels.length > 0 ? `namespaces with ${labels.join(", ")}` : "any namespace");
}

function portsOf(ports: readonly V1NetworkPolicyPort[] | undefined): string[] {
  const given = list(ports);
  if (given.length === 0) return ["any"];
  return given.map(({ port = "any", endPort, protocol = "TCP" }) => {
    const range = endPort ? `${port}-${endPort}` : String(port);
    return protocol === "TCP" ? range : `${range}/${protocol}`;
  });
}

/** Identities by the name of their service account. */
function sourcesOf(from: readonly { source?: Source }[] | undefined): string[] {
  const sources = list(from).flatMap(({ source }) => [
    ...list(source?.principals).map((principal) => principal.replace(/^.*\/sa\//, "")),
    ...list(source?.namespaces).map((namespace) => `every pod in ${namespace}`),
    ...list(source?.ipBlocks),
  ]);
  return sources.length > 0 ? sources : ["anyone"];
}
