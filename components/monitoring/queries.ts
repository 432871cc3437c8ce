import { releaseOf } from "../../model/names";
import type { Plan, ServicePlan } from "../../model/plan";
import { type RequestQueries, requestsInMesh, requestsOfServices } from "./request-queries";

/**
 * PromQL that alerts and dashboards have in common: an alert must fire on what the dashboard shows. Everything is
 * by service, unless it says otherwise.
 */
export interface Queries extends RequestQueries {
  /** A regular expression of the services' scrape jobs. */
  jobs: string;
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

/** The same without those of a version that is being released: that they come and go is no scaling. */
export const stablePodsOf = (
  service: Pick<ServicePlan, "name" | "metrics">,
  plan: Pick<Plan, "namespace">,
): string => podsOf(service, plan).replace("{", `{pod!~"${releaseOf(service.name, "v[0-9]+")}-.*",`);

export function queriesOf(plan: Pick<Plan, "services" | "namespace" | "mesh">): Queries {
  const { namespace, mesh } = plan;
  const jobs = jobsOf(plan);
  // Without a container's name it is the sum of a pod, which would be counted again.
  const containers = `job="containers",namespace="${namespace}",container!=""`;
  const container: Queries["container"] = (expression) =>
    `sum by (pod, container) (${expression(`{${containers}}`)})`;
  return {
    jobs,
    ...(mesh.enabled ? requestsInMesh(plan) : requestsOfServices(jobs)),
    cpu: (window) => container((selector) => `rate(container_cpu_usage_seconds_total${selector}[${window}])`),
    container,
    volumes:
      `kubelet_volume_stats_used_bytes{namespace="${namespace}"} / ` +
      `kubelet_volume_stats_capacity_bytes{namespace="${namespace}"}`,
  };
}
