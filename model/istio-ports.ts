/** Ports of Istio's: its documentation, "Application Requirements", Ports used by Istio. */
export const istioPorts = {
  /** Of a sidecar, which listens in the network of its pod: a service cannot. */
  sidecar: [15000, 15001, 15002, 15004, 15006, 15008, 15020, 15021, 15053, 15090],
  /** Envoy's metrics. */
  sidecarMetrics: 15090,
  /** Certificates and routes for the sidecars. */
  controlPlane: 15012,
  controlPlaneMetrics: 15014,
} as const;
