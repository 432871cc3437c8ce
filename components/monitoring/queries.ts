import type { Plan, ServicePlan } from "../../model/plan";

/**
 * PromQL that alerts and dashboards have in common: what wakes somebody must be what the picture shows. Everything is
 * by service, unless it says otherwise.
 */
export interface Queries {
  /** A regular expression of the services' scrape jobs. */
  jobs: string;
  /** Requests per second, health checks left out, as those are nobody's. */
  requests(window: string): string;
  /** Share of the requests that end with 5xx, 0–1. */
  errors(window: string): string;
  /** Seconds within which that share of the requests is answered. */
  quantile(share: number, window: string): string;
  /** Cores that each container uses, by pod and container. */
  cpu(window: string): string;
  /** A metric of cAdvisor's, summed by pod and container. */
  container(expression: (selector: string) => string): string;
  /** Share of each volume that is used, 0–1. */
  volumes: string;
}

/** The services whose own metrics Prometheus reads, as a regular expression of their jobs. */
export const jobsOf = ({ services }: Pick<Plan, "services">): string =>
  services.flatMap(({ name, metrics }) => (metrics ? [name] : [])).join("|");

/**
 * One series for each pod of a service that there is, as far as Prometheus reads it: of one without metrics, what the
 * kubelets tell of its containers.
 * @param value what `up` has to be @default whatever it is
 */
export function podsOf(
  { name, metrics }: Pick<ServicePlan, "name" | "metrics">,
  { namespace }: Pick<Plan, "namespace">,
  value?: 1,
): string {
  if (metrics) return `up{job="${name}"}${value === undefined ? "" : ` == ${value}`}`;
  return `container_memory_working_set_bytes{job="containers",namespace="${namespace}",container="${name}"}`;
}

export function queriesOf({ services, namespace }: Pick<Plan, "services" | "namespace">): Queries {
  const jobs = jobsOf({ services });
  const ours = `job=~"${jobs}",route!~".*/(health|health/.*|metrics)"`;
  const rate = (matchers: string, window: string) =>
    `sum by (service) (rate(http_requests_total{${matchers}}[${window}]))`;
  // Without a container's name it is the sum of a pod, which would be counted again.
  const containers = `job="containers",namespace="${namespace}",container!=""`;
  const container: Queries["container"] = (expression) =>
    `sum by (pod, container) (${expression(`{${containers}}`)})`;
  return {
    jobs,
    requests: (window) => rate(ours, window),
    errors: (window) => `${rate(`${ours},status=~"5.."`, window)} / ${rate(ours, window)}`,
    quantile: (share, window) =>
      `histogram_quantile(${share}, sum by (service, le) ` +
      `(rate(http_request_duration_seconds_bucket{${ours}}[${window}])))`,
    cpu: (window) => container((selector) => `rate(container_cpu_usage_seconds_total${selector}[${window}])`),
    container,
    volumes:
      `kubelet_volume_stats_used_bytes{namespace="${namespace}"} / ` +
      `kubelet_volume_stats_capacity_bytes{namespace="${namespace}"}`,
  };
}
