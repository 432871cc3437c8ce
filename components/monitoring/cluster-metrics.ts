/**
 * What is kept of metrics that grow with the cluster rather than with the platform: in a large one the kubelets and the API
 * server tell hundreds of thousands of series, which no limit of a platform's own Prometheus would hold. kube-prometheus
 * drops what it knows to be large; here only what is read is kept, and a test compares it with all alerts and dashboards.
 */

/** Of the kubelets' cAdvisor, by container. */
const CONTAINERS = [
  "container_cpu_usage_seconds_total",
  "container_cpu_cfs_periods_total",
  "container_cpu_cfs_throttled_periods_total",
  "container_memory_working_set_bytes",
  "container_oom_events_total",
  "container_spec_cpu_period",
  "container_spec_cpu_quota",
  "container_spec_memory_limit_bytes",
];

/** Of the kubelets themselves, by volume. */
const VOLUMES = ["kubelet_volume_stats_used_bytes", "kubelet_volume_stats_capacity_bytes"];

const PROCESS = ["process_cpu_seconds_total", "process_resident_memory_bytes", "process_start_time_seconds"];

/** Of the API server: whether it is well, and nothing that it tells by resource, verb or client. */
const API_SERVER = [...PROCESS, "apiserver_current_inflight_requests", "kubernetes_build_info"];

/** Of the mesh's control plane, which tells most of it by proxy. */
const CONTROL_PLANE = [...PROCESS, "pilot_total_xds_rejects", "pilot_xds_push_errors", "istio_build"];

interface Keep {
  action: "keep";
  source_labels: string[];
  regex: string;
}

/** By the kind of the job: what `metric_relabel_configs` keeps. Pure. */
export const keptOf = (namespace: string) => ({
  // Another namespace's are others' business. Without a container's name it is the sum of a pod.
  containers: keep(CONTAINERS, { namespace, container: ".+" }),
  nodes: keep(VOLUMES, { namespace }),
  apiServer: keep(API_SERVER),
  controlPlane: keep(CONTROL_PLANE),
});

/** Samples of one of these names whose labels match. */
function keep(names: readonly string[], labels: Record<string, string> = {}): Keep[] {
  return [
    {
      action: "keep",
      source_labels: ["__name__", ...Object.keys(labels)],
      regex: [`(${names.join("|")})`, ...Object.values(labels)].join(";"),
    },
  ];
}
