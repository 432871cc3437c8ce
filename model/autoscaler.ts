/** A metric that an adapter serves at the API server, such as Prometheus Adapter or KEDA. */
export type ScalingMetric =
  /** Of each pod, for instance `http_requests_in_flight`. */
  | { type: "Pods"; metric: string; averageValue: string }
  /** Of something outside, for instance the length of a queue: `averageValue` is its share for one pod. */
  | { type: "External"; metric: string; labels?: Readonly<Record<string, string>>; averageValue: string };

/**
 * What the number of replicas goes by. `cpu` and `memory` are per cent of what the service's container requests, `"none"`
 * to leave one out. With `"none"` alone there is no autoscaler, and as many replicas as the environment has at least.
 */
export type Autoscaler =
  | "none"
  | { cpu?: number | "none"; memory?: number | "none"; metrics?: readonly ScalingMetric[] };
