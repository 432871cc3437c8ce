import { nodeAddress } from "../network/addresses";
import type { Listener } from "../network/ports";
import { fieldManager, type KubernetesObject } from "./api";

/** A port of a Service by its name, and what serves it on this machine. */
interface ServedPort {
  name: string;
  protocol: "TCP" | "UDP";
  port: number;
  listener: Listener;
}

/** A Service of kube-system without a selector, and the daemon beside the cluster that answers for it. */
export function outsideService(
  name: string,
  labels: Record<string, string>,
  spec: Record<string, unknown>,
  served: readonly ServedPort[],
): KubernetesObject[] {
  const namespace = "kube-system";
  return [
    {
      apiVersion: "v1",
      kind: "Service",
      metadata: { namespace, name, labels },
      spec: { ...spec, ports: served.map(({ name, protocol, port }) => ({ name, protocol, port })) },
    },
    {
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
  ];
}
