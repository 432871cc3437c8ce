import type { Plan } from "../../model/plan";
import { rangeOf } from "../kube/range";

/** Where a sidecar leaves its certificates for the container that asks for them. */
export const CERTIFICATES = "/etc/istio-output-certs";

/** Name of the volume that both see them in. */
export const CERTIFICATES_VOLUME = "istio-certificates";

/**
 * Envoy's metrics that are read: of the calls to each version of each service. All of them would be twenty thousand
 * series for a small platform.
 */
const METRICS =
  "cluster\\.outbound\\|.*\\.(upstream_rq_(total|[1-5]xx|time|retry|timeout|pending_overflow)" +
  "|outlier_detection\\.ejections_active)";

const proxyConfig = {
  proxyStatsMatcher: { inclusionRegexps: [METRICS] },
};

/**
 * What the pods of a mesh say of the sidecar that istiod adds to them: Istio's documentation, "Resource Annotations".
 * Pure.
 */
export function sidecarAnnotations({ mesh }: Pick<Plan, "mesh">): Record<string, string> {
  if (!mesh.enabled) return {};
  const { requests, limits } = mesh.sidecar;
  return {
    "sidecar.istio.io/proxyCPU": requests.cpu,
    "sidecar.istio.io/proxyMemory": requests.memory,
    "sidecar.istio.io/proxyCPULimit": limits.cpu,
    "sidecar.istio.io/proxyMemoryLimit": limits.memory,
    "proxy.istio.io/config": JSON.stringify(proxyConfig),
  };
}

/**
 * What a pod says of addresses that it calls past its sidecar: those of the cluster's name servers that no Service stands
 * for, which the sidecar would refuse, and more of its own, of which the mesh knows no name. Pure.
 */
export function pastSidecarAnnotations(
  { mesh, cluster }: Pick<Plan, "mesh" | "cluster">,
  more: readonly string[] = [],
): Record<string, string> {
  const ranges = [...cluster.nameServers, ...more].map(rangeOf).join();
  return mesh.enabled && ranges ? { "traffic.sidecar.istio.io/excludeOutboundIPRanges": ranges } : {};
}

/**
 * What a pod says of ports that browsers come to, who are no part of the mesh: past the sidecar, behind which every
 * client would have the same address. Pure.
 */
export function publicPortsAnnotations(
  { mesh }: Pick<Plan, "mesh">,
  ports: readonly number[],
): Record<string, string> {
  return mesh.enabled ? { "traffic.sidecar.istio.io/excludeInboundPorts": ports.join() } : {};
}

/**
 * The same for a pod that calls others by their addresses, which no name of the mesh covers: it gets the sidecar's
 * certificates and speaks mutual TLS itself (Istio's documentation, "Prometheus", TLS settings). Pure.
 */
export function ownTlsAnnotations(plan: Pick<Plan, "mesh">): Record<string, string> {
  if (!plan.mesh.enabled) return {};
  return {
    ...sidecarAnnotations(plan),
    "traffic.sidecar.istio.io/includeOutboundIPRanges": "",
    "sidecar.istio.io/userVolumeMount": JSON.stringify({
      [CERTIFICATES_VOLUME]: { mountPath: CERTIFICATES },
    }),
    "proxy.istio.io/config": JSON.stringify({
      ...proxyConfig,
      proxyMetadata: { OUTPUT_CERTS: CERTIFICATES },
    }),
  };
}
