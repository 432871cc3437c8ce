import { BlockList } from "node:net";

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

/** Addresses of pods on simulated nodes. No process answers there; the firewall refuses what is sent to them. */
export const simulatedRange = "10.244.128.0/17";

/** Virtual addresses of the Services. */
export const serviceRange = "10.96.0.0/16";

/** The Service `kubernetes.default`: always the first address of the range. */
export const apiServiceAddress = "10.96.0.1";

/** The Service `kube-dns.kube-system`, which every pod's resolv.conf names. */
export const dnsServiceAddress = "10.96.0.10";

/** Suffix of every name inside the cluster. */
export const clusterDomain = "cluster.local";

/** Whether an IPv4 address is in a network such as `10.96.0.0/16`; one without a length has this address alone. */
export function contains(network: string, address: string): boolean {
  const block = new BlockList();
  block.addSubnet(addressOf(network), prefixOf(network));
  return block.check(address);
}

/** Whether two networks share an address: one is in the other then. */
export function overlap(a: string, b: string): boolean {
  return contains(a, addressOf(b)) || contains(b, addressOf(a));
}

/** Length of a network's prefix. */
export const prefixOf = (network: string): number => Number(network.split("/")[1] ?? 32);

const addressOf = (network: string): string => network.replace(/\/.*/, "");
