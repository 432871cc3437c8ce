import { nodeAddress } from "../network/addresses";
import type { Listener } from "../network/ports";
import { fieldManager, type KubernetesObject } from "./api";

/** An object that the cluster has of its own, and the collection it belongs to. */
export interface Addon {
  collection: string;
  object: KubernetesObject;
}

export const rbacGroup = "rbac.authorization.k8s.io";
export const rbac = `/apis/${rbacGroup}/v1`;

/** A role for one of our daemons, of the daemon's own name. */
export function clusterAccess(user: string, rules: unknown[]): Addon[] {
  return [
    { collection: `${rbac}/clusterroles`, object: { ...rbacObject("ClusterRole", { name: user }), rules } },
    bindingInCluster(user, user, user),
  ];
}

export function bindingInCluster(name: string, user: string, role: string): Addon {
  return {
    collection: `${rbac}/clusterrolebindings`,
    object: {
      ...rbacObject("ClusterRoleBinding", { name }),
      roleRef: { apiGroup: rbacGroup, kind: "ClusterRole", name: role },
      subjects: [{ apiGroup: rbacGroup, kind: "User", name: user }],
    },
  };
}

export function rbacObject(kind: string, metadata: KubernetesObject["metadata"]): KubernetesObject {
  return { apiVersion: `${rbacGroup}/v1`, kind, metadata };
}

/** A port of a Service by its name, and what serves it on this machine. */
export interface ServedPort {
  name: string;
  protocol: "TCP" | "UDP";
  listener: Listener;
}

/** A Service of kube-system without a selector, and the daemon beside the cluster that answers for it. */
export function outsideService(
  name: string,
  labels: Record<string, string>,
  spec: Record<string, unknown>,
  served: (ServedPort & { port: number })[],
): Addon[] {
  const namespace = "kube-system";
  return [
    {
      collection: `/api/v1/namespaces/${namespace}/services`,
      object: {
        apiVersion: "v1",
        kind: "Service",
        metadata: { namespace, name, labels },
        spec: { ...spec, ports: served.map(({ name, protocol, port }) => ({ name, protocol, port })) },
      },
    },
    outsideEndpoints(name, namespace, served),
  ];
}

/** Leads a Service without a selector to daemons of this machine. */
function outsideEndpoints(name: string, namespace: string, served: readonly ServedPort[]): Addon {
  return {
    collection: `/apis/discovery.k8s.io/v1/namespaces/${namespace}/endpointslices`,
    object: {
      apiVersion: "discovery.k8s.io/v1",
      kind: "EndpointSlice",
      metadata: {
        namespace,
        name,
        labels: {
          "kubernetes.io/service-name": name,
          "endpointslice.kubernetes.io/managed-by": fieldManager,
        },
      },
      addressType: "IPv4",
      endpoints: [{ addresses: [nodeAddress], conditions: { ready: true } }],
      ports: served.map(({ name, protocol, listener }) => ({ name, protocol, port: listener.port })),
    },
  };
}
