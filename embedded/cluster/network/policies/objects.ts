import type {
  V1NetworkPolicyPeer as Peer,
  V1NetworkPolicyPort as PolicyPort,
  V1LabelSelector as Selector,
} from "@kubernetes/client-node";
import { nodeAddress } from "../addresses";

/** Labels of an object. */
export type Labels = Record<string, string>;

export type { Peer, PolicyPort, Selector };

/** A NetworkPolicy, as far as it matters here. */
export interface Policy {
  metadata: { name: string; namespace: string };
  spec: {
    podSelector?: Selector;
    policyTypes?: ("Ingress" | "Egress")[];
    ingress?: { from?: Peer[]; ports?: PolicyPort[] }[];
    egress?: { to?: Peer[]; ports?: PolicyPort[] }[];
  };
}

/** A port of an {@link Endpoint}. */
export interface EndpointPort {
  name?: string;
  protocol: string;
  /** The number that policies name. */
  number: number;
  /** The number it listens on. Another only beside the cluster, where the usual one may be taken. */
  listens: number;
}

/** Something that policies select by labels: a pod, or a daemon beside the cluster that counts as one. */
export interface Endpoint {
  kind: "pod" | "daemon";
  namespace: string;
  labels: Labels;
  /** IPv4. Daemons share the node's; only their ports tell them apart. */
  address: string;
  ports: EndpointPort[];
}

/** What the rules are made of. */
export interface ClusterState {
  /** Labels of each namespace. */
  namespaces: Map<string, Labels>;
  endpoints: Endpoint[];
  policies: Policy[];
}

/** A Pod, as far as it matters here. */
export interface Pod {
  metadata: { namespace: string; labels?: Labels; creationTimestamp: string };
  spec: { hostNetwork?: boolean; containers: Container[]; initContainers?: Container[] };
  status?: { podIP?: string; phase?: string };
}

interface Container {
  ports?: { name?: string; protocol?: string; containerPort: number }[];
}

/** A Service, as far as it matters here. */
export interface Service {
  metadata: { namespace: string; name: string; labels?: Labels };
  spec: {
    selector?: Labels;
    ports?: { name?: string; protocol?: string; port: number }[];
  };
}

/** An EndpointSlice, as far as it matters here. */
export interface Slice {
  metadata: { namespace: string; labels?: Labels };
  endpoints?: { addresses: string[] }[] | null;
  ports?: { name?: string; protocol?: string; port?: number }[];
}

/**
 * The endpoint that a pod is. None without an address of its own: before it has one, after it has ended, and on
 * the host's network, where no policy applies.
 */
export function podEndpoint({ metadata, spec, status }: Pod): Endpoint[] {
  const hasEnded = status?.phase === "Succeeded" || status?.phase === "Failed";
  if (!status?.podIP || hasEnded || spec.hostNetwork) return [];
  const containers = [...spec.containers, ...(spec.initContainers ?? [])];
  const ports = containers.flatMap(({ ports = [] }) =>
    ports.map(({ name, protocol = "TCP", containerPort }) => ({
      ...(name !== undefined && { name }),
      protocol,
      number: containerPort,
      listens: containerPort,
    })),
  );
  const { namespace, labels = {} } = metadata;
  return [{ kind: "pod", namespace, labels, address: status.podIP, ports }];
}

/**
 * The endpoint that a daemon beside the cluster is, CoreDNS above all: an EndpointSlice that leads a Service
 * without selector to the node counts as a pod with the Service's namespace, labels and ports. So a policy that
 * opens port 53 of the pods `k8s-app: kube-dns` in kube-system means here what it means in every cluster.
 */
export function daemonEndpoint(slice: Slice, services: Service[]): Endpoint[] {
  const { namespace, labels: { "kubernetes.io/service-name": name } = {} } = slice.metadata;
  const service = services.find(({ metadata }) => metadata.namespace === namespace && metadata.name === name);
  const isHere = (slice.endpoints ?? []).some(({ addresses }) => addresses.includes(nodeAddress));
  if (!service || service.spec.selector || !isHere) return [];
  const ports = (slice.ports ?? []).flatMap(({ name, protocol = "TCP", port }) => {
    const served = service.spec.ports?.find((served) => (served.name ?? "") === (name ?? ""));
    if (!served || port === undefined) return [];
    return [{ ...(name && { name }), protocol, number: served.port, listens: port }];
  });
  const { labels = {} } = service.metadata;
  return [{ kind: "daemon", namespace, labels, address: nodeAddress, ports }];
}
