import { nodeAddress } from "./addresses";

const loopback = "127.0.0.1";

/** Ports of this machine, and the node port that each leads to. */
export type Forwards = Readonly<Record<string, number>>;

/** The ways in to stacks are on loopback alone. */
export const forwardAt = (port: number | string): Listener => ({ address: loopback, port: Number(port) });

/** Where something listens. */
export interface Listener {
  address: string;
  port: number;
}

/** Where kwok answers, on a cluster with simulated nodes. */
export const kwokHealth = { address: loopback, port: 10271 };

/** Every port that a daemon of each cluster listens on, its ways in aside. Loopback, except for what pods or the API server call. */
export const ports = {
  apiServer: { address: nodeAddress, port: 6443 },
  etcd: { address: loopback, port: 2379 },
  etcdPeer: { address: loopback, port: 2380 },
  etcdHealth: { address: loopback, port: 2381 },
  controllerManager: { address: loopback, port: 10257 },
  scheduler: { address: loopback, port: 10259 },
  kubelet: { address: nodeAddress, port: 10250 },
  kubeletHealth: { address: loopback, port: 10248 },
  kubeProxyHealth: { address: loopback, port: 10256 },
  kubeProxyMetrics: { address: loopback, port: 10249 },
  // Not 53, which a resolver of this machine may hold on every address; the Service maps it.
  dns: { address: nodeAddress, port: 10053 },
  dnsHealth: { address: loopback, port: 10054 },
  dnsReady: { address: loopback, port: 10055 },
  metricsServer: { address: nodeAddress, port: 10443 },
  volumesHealth: { address: loopback, port: 10270 },
  networkPoliciesHealth: { address: loopback, port: 10272 },
} as const satisfies Record<string, Listener>;

/** `address:port` of a listener. */
export function hostPort({ address, port }: Listener): string {
  return `${address}:${port}`;
}

/** Where the API server answers. */
export const apiUrl = `https://${hostPort(ports.apiServer)}`;
