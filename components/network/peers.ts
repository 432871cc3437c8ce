import { selectorOf } from "../kube/labels";
import { rangeOf } from "../kube/range";

/** One side of a connection: pods by label, in this namespace or in others, or addresses. */
export interface Peer {
  podSelector?: { matchLabels?: Record<string, string> };
  namespaceSelector?: {
    matchLabels?: Record<string, string>;
    matchExpressions?: { key: string; operator: string; values: string[] }[];
  };
  ipBlock?: { cidr: string; except?: string[] };
}

export interface Port {
  protocol: "TCP" | "UDP";
  port: number;
}

export const tcp = (...ports: number[]): Port[] => ports.map((port) => ({ protocol: "TCP", port }));
export const udp = (...ports: number[]): Port[] => ports.map((port) => ({ protocol: "UDP", port }));

/** The label that every namespace has by itself. */
const NAME = "kubernetes.io/metadata.name";
const inNamespace = (name: string) => ({ matchLabels: { [NAME]: name } });

/** A workload of this namespace. */
export const pods = (app: string): Peer => ({ podSelector: { matchLabels: selectorOf(app) } });

/** Every pod of this namespace. */
export const sameNamespace: Peer = { podSelector: {} };

/** CoreDNS and its predecessor alike. */
export const dns: Peer = {
  namespaceSelector: inNamespace("kube-system"),
  podSelector: { matchLabels: { "k8s-app": "kube-dns" } },
};

/** One address, such as that of a cache for names on each node. */
export const addressOf = (address: string): Peer => ({ ipBlock: { cidr: rangeOf(address) } });

/** The mesh's control plane. */
export const istiod: Peer = {
  namespaceSelector: inNamespace("istio-system"),
  podSelector: { matchLabels: { app: "istiod" } },
};

/** The mesh's way in, in either of the namespaces that Istio's documentation puts it in. */
export const gateway: Peer = {
  namespaceSelector: {
    matchExpressions: [{ key: NAME, operator: "In", values: ["istio-system", "istio-ingress"] }],
  },
  podSelector: { matchLabels: { istio: "ingressgateway" } },
};

/** F5 NGINX Ingress Controller, which has a namespace of its own. */
export const ingressController = (namespace: string): Peer => ({
  namespaceSelector: inNamespace(namespace),
});

/** The API server and the nodes have addresses that differ from cluster to cluster; their ports do not. */
export const anyAddress: Peer = { ipBlock: { cidr: "0.0.0.0/0" } };

/** One address. */
export const only = (address: string): Peer => ({ ipBlock: { cidr: `${address}/32` } });

/** Addresses of the internet alone: not of pods, nodes, other private networks or a cloud's metadata server. */
export const internet: Peer = {
  ipBlock: {
    cidr: "0.0.0.0/0",
    except: [
      "10.0.0.0/8",
      "100.64.0.0/10",
      "127.0.0.0/8",
      "169.254.0.0/16",
      "172.16.0.0/12",
      "192.168.0.0/16",
    ],
  },
};
