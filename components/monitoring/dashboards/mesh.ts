import type { Dashboard } from "./panel";

/** The calls between workloads of this namespace; a sidecar knows many more clusters, which have no callers here. */
const CALLS = 'cluster_name=~"outbound.*"';
const by = (metric: string) => `sum by (service, cluster_name) (rate(${metric}{${CALLS}}[5m]))`;
const legend = "{{service}} → {{cluster_name}}";

/** What do the sidecars do? Traffic, retries, circuit breakers (docs/requirements.md, D7). Envoy's own metrics. */
export const mesh: Dashboard = {
  uid: "mesh",
  title: "Service mesh",
  panels: [
    {
      title: "Traffic",
      description: "Requests per second from each workload to each other one.",
      unit: "reqps",
      queries: [{ expr: by("envoy_cluster_upstream_rq_total"), legend }],
    },
    {
      title: "Retries",
      description: "Requests per second that were sent once more.",
      unit: "reqps",
      queries: [{ expr: by("envoy_cluster_upstream_rq_retry"), legend }],
    },
    {
      title: "Circuit breakers",
      description: "Requests per second that were turned away because too many were waiting already.",
      unit: "reqps",
      queries: [{ expr: by("envoy_cluster_upstream_rq_pending_overflow"), legend }],
    },
    {
      title: "Replicas left alone",
      description: "Replicas that a caller does not ask for the moment, as they answered with errors.",
      unit: "short",
      queries: [
        {
          expr: `max by (service, cluster_name) (envoy_cluster_outlier_detection_ejections_active{${CALLS}})`,
          legend,
        },
      ],
    },
    {
      title: "Timeouts",
      description: "Requests per second that were given up.",
      unit: "reqps",
      queries: [{ expr: by("envoy_cluster_upstream_rq_timeout"), legend }],
    },
    {
      title: "Sidecars",
      description: "Workloads whose sidecars Prometheus reaches.",
      unit: "short",
      queries: [{ expr: 'sum by (service) (up{job="mesh-sidecars"})', legend: "{{service}}" }],
    },
  ],
};
