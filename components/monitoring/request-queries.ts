import type { Plan } from "../../model/plan";

/** PromQL about the requests of each service, by the label `service`; probes and scrapes count nowhere. */
export interface RequestQueries {
  /** Requests per second. */
  requests(window: string): string;
  /** Share of the requests that end with 5xx, 0–1. */
  errors(window: string): string;
  /** Seconds within which that share of the requests is answered. */
  quantile(share: number, window: string): string;
}

/**
 * What the callers' sidecars have counted, by which a release is judged too: a service needs no metrics of its own. They are
 * Envoy's, which every build of it has, where `istio_requests_total` is Istio's build's alone. The kubelet's probes and
 * Prometheus' scrapes go through no caller's sidecar. Istio's ingress gateway is in another namespace, and not counted.
 */
export function requestsInMesh({
  services,
  namespace,
}: Pick<Plan, "services" | "namespace">): RequestQueries {
  const names = services
    .filter(({ ports }) => ports.some(({ protocol }) => protocol !== "tcp"))
    .map(({ name }) => name)
    .join("|");
  const calls = String.raw`cluster_name=~"outbound\\|[^|]*\\|[^|]*\\|(${names})\\.${namespace}\\..*"`;
  /** A call is the callee's, whose name is the host's first part; the label `service` is the caller's at first. */
  const rate = (metric: string, matchers: string, window: string) =>
    `label_replace(rate(${metric}{${matchers}}[${window}]), ` +
    String.raw`"service", "$1", "cluster_name", ".*\\|([^.|]+)\\..*")`;
  const counted = (matchers: string, window: string) =>
    `sum by (service) (${rate("envoy_cluster_upstream_rq", `${calls},${matchers}`, window)})`;
  const all = 'response_code_class!=""';
  return {
    requests: (window) => counted(all, window),
    errors: (window) => `${counted('response_code_class="5xx"', window)} / ${counted(all, window)}`,
    // Envoy counts milliseconds.
    quantile: (share, window) =>
      `histogram_quantile(${share}, sum by (service, le) ` +
      `(${rate("envoy_cluster_upstream_rq_time_bucket", calls, window)})) / 1000`,
  };
}

/** Without a mesh what each service says of itself, as the contract has it (docs/contract.md). */
export function requestsOfServices(jobs: string): RequestQueries {
  const ours = `job=~"${jobs}",route!~".*/(health|health/.*|metrics)"`;
  const counted = (matchers: string, window: string) =>
    `sum by (service) (rate(http_requests_total{${matchers}}[${window}]))`;
  return {
    requests: (window) => counted(ours, window),
    errors: (window) => `${counted(`${ours},status=~"5.."`, window)} / ${counted(ours, window)}`,
    quantile: (share, window) =>
      `histogram_quantile(${share}, sum by (service, le) ` +
      `(rate(http_request_duration_seconds_bucket{${ours}}[${window}])))`,
  };
}
