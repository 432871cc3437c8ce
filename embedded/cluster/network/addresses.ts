/**
 * The addresses of the embedded cluster. They exist only behind the bridge: the firewall drops whatever would
 * enter or leave the machine with one of them.
 */

/** The bridge that pods are plugged into. */
export const bridge = "platform0";

/** Address of the bridge: of the node, of the API server, and the pods' gateway. */
export const nodeAddress = "10.244.0.1";

/** Addresses of the pods and of the node. */
export const podRange = "10.244.0.0/24";

/** Addresses of pods on simulated nodes. Nobody answers there; the firewall refuses what is sent to them. */
export const simulatedRange = "10.244.128.0/17";

/** Virtual addresses of the Services. */
export const serviceRange = "10.96.0.0/16";

/** The Service `kubernetes.default`: always the first address of the range. */
export const apiServiceAddress = "10.96.0.1";

/** The Service `kube-dns.kube-system`, which every pod's resolv.conf names. */
export const dnsServiceAddress = "10.96.0.10";

/** Suffix of every name inside the cluster. */
export const clusterDomain = "cluster.local";

/** An IPv4 network: its first address as a number, and the length of its prefix. */
export interface Network {
  first: number;
  prefix: number;
}

/** Reads `10.96.0.0/16`; an address without a length is a network of its own. */
export function parseNetwork(text: string): Network {
  const [address = "", length = "32"] = text.split("/");
  const prefix = Number(length);
  const value = address.split(".").reduce((sum, octet) => sum * 256 + Number(octet), 0);
  const size = 2 ** (32 - prefix);
  return { first: Math.floor(value / size) * size, prefix };
}

/** Whether two networks share an address. */
export function overlap(a: Network, b: Network): boolean {
  const last = (network: Network) => network.first + 2 ** (32 - network.prefix) - 1;
  return a.first <= last(b) && b.first <= last(a);
}
