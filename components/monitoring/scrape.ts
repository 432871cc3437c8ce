import { stringify } from "yaml";
import { istioPorts } from "../../model/istio-ports";
import { scrapeJobs as jobs } from "../../model/names";
import type { Plan, ServicePlan } from "../../model/plan";
import { SERVICE_PORT, workloads } from "../../model/workloads";
import { CERTIFICATES } from "../mesh/sidecar-annotations";
import { keptOf } from "./cluster-metrics";

/** One scrape job, as prometheus.yml has it. */
export interface ScrapeJob {
  job_name: string;
  [setting: string]: unknown;
}

/** prometheus.yml. */
export interface ScrapeConfig {
  global: Record<string, unknown>;
  rule_files: string[];
  alerting: Record<string, unknown>;
  scrape_configs: ScrapeJob[];
}

/** Name of the file with the alerts, beside prometheus.yml. */
export const RULES_FILE = "rules.yml";

/** Where a pod has the token and the certificate by which it talks to the API server. */
export const CREDENTIALS = "/var/run/secrets/kubernetes.io/serviceaccount";

/** Ports of Istio's: of every sidecar (Envoy's metrics), and of the control plane. */
const MESH = {
  sidecar: istioPorts.sidecarMetrics,
  controlPlane: `istiod.istio-system.svc:${istioPorts.controlPlaneMetrics}`,
  metrics: "envoy_cluster_(upstream_rq.*|outlier_detection_ejections_active)",
};

/** The usual path of a health page. */
const HEALTH_PATH = "/health";

type Relabeling = Record<string, unknown>;

/** What the plan says, as prometheus.yml. */
export const scrapeText = (plan: Plan): string => stringify(scrapeConfig(plan), { lineWidth: 0 });

/** How often Prometheus reads and evaluates, what it alerts of, and whom it tells. Pure. */
export function scrapeConfig(plan: Plan): ScrapeConfig {
  const { app, port } = workloads.alertmanager;
  return {
    global: {
      scrape_interval: "15s",
      scrape_timeout: "5s",
      evaluation_interval: "15s",
      external_labels: { platform: plan.name },
    },
    rule_files: [RULES_FILE],
    alerting: { alertmanagers: [{ ...inMesh(plan), static_configs: [{ targets: [`${app}:${port}`] }] }] },
    scrape_configs: scrapeJobs(plan),
  };
}

/**
 * What Prometheus reads, and how often (docs/requirements.md, D6): each replica of each service, their health,
 * the mesh, the API server, the nodes, the data stores, nginx, Alertmanager, and itself. Pure.
 */
export function scrapeJobs(plan: Plan): ScrapeJob[] {
  const { namespace, services, frontDoor, postgres, redis, rabbitmq, mesh } = plan;
  const kept = keptOf(namespace);
  return [
    ...services.flatMap(({ name, metrics }) =>
      metrics ? [podJob(name, [namespace], name, metrics.port, serviceSettings(metrics))] : [],
    ),
    ...healthJobs(),
    ...(frontDoor.kind === "standalone" ? [workloadJob(workloads.nginx)] : []),
    ...(postgres ? [exporterJob(workloads.postgres.app, workloads.postgresExporter)] : []),
    ...(redis ? [exporterJob(workloads.redis.app, workloads.redisExporter)] : []),
    ...(rabbitmq ? [workloadJob(workloads.rabbitmq)] : []),
    ...(mesh.enabled ? meshJobs(plan) : []),
    { ...apiServerJob, metric_relabel_configs: kept.apiServer },
    { ...nodeJob(jobs.nodes, "/metrics"), metric_relabel_configs: kept.nodes },
    { ...nodeJob(jobs.containers, "/metrics/cadvisor"), metric_relabel_configs: kept.containers },
    workloadJob({ app: workloads.alertmanager.app, metrics: workloads.alertmanager.port }),
    {
      job_name: workloads.prometheus.app,
      static_configs: [{ targets: [`localhost:${workloads.prometheus.port}`] }],
    },
  ];

  function workloadJob({ app, metrics }: { app: string; metrics: number }): ScrapeJob {
    return podJob(app, [namespace], app, metrics, inMesh(plan));
  }

  /** What an exporter tells is the store's, under the name of the store. */
  function exporterJob(store: string, { app, metrics }: { app: string; metrics: number }): ScrapeJob {
    const { relabel_configs, ...job } = podJob(store, [namespace], app, metrics, inMesh(plan));
    return { ...job, relabel_configs: [...relabel_configs, { target_label: "service", replacement: store }] };
  }

  function serviceSettings({ path }: NonNullable<ServicePlan["metrics"]>): Record<string, unknown> {
    return {
      scrape_interval: "10s",
      ...(path !== "/metrics" && { metrics_path: path }),
      ...inMesh(plan),
    };
  }

  /**
   * What clients meet at the load-balanced address of each service with a health page. That answers Prometheus in its own
   * format, and with 503 when something is down: `up` is 1 only while the service is healthy.
   */
  function healthJobs(): ScrapeJob[] {
    const targets = services.flatMap(({ name, health }) =>
      health === undefined
        ? []
        : [
            {
              targets: [`${name}:${SERVICE_PORT}`],
              labels: { service: name, ...(health !== HEALTH_PATH && { __metrics_path__: health }) },
            },
          ],
    );
    if (targets.length === 0) return [];
    return [
      {
        job_name: jobs.health,
        scrape_interval: "30s",
        metrics_path: HEALTH_PATH,
        ...inMesh(plan),
        static_configs: targets,
      },
    ];
  }
}

/**
 * Where nothing but mutual TLS is answered: Prometheus has a certificate of the mesh, and who it asks is known by the
 * address that the API server told, not by a name in the certificate (Istio's documentation, "Prometheus").
 */
function inMesh({ mesh }: Plan): Record<string, unknown> {
  if (!mesh.enabled) return {};
  return {
    scheme: "https",
    // A sidecar offers it whatever is behind; at a port of no Service it hands on what it gets.
    enable_http2: false,
    tls_config: {
      ca_file: `${CERTIFICATES}/root-cert.pem`,
      cert_file: `${CERTIFICATES}/cert-chain.pem`,
      key_file: `${CERTIFICATES}/key.pem`,
      insecure_skip_verify: true,
    },
  };
}

/** Every running pod of a workload, by the port that its metrics are on. */
function podJob(
  job_name: string,
  namespaces: readonly string[],
  app: string | undefined,
  port: number,
  settings: Record<string, unknown>,
): ScrapeJob & { relabel_configs: Relabeling[] } {
  return {
    job_name,
    ...settings,
    kubernetes_sd_configs: [
      {
        role: "pod",
        namespaces: { names: namespaces },
        ...(app && { selectors: [{ role: "pod", label: `app=${app}` }] }),
      },
    ],
    relabel_configs: [
      keep("__meta_kubernetes_pod_container_port_number", String(port)),
      // One that has ended, or has no address yet, is not down.
      keep("__meta_kubernetes_pod_phase", "Running"),
      ...label("namespace", "__meta_kubernetes_namespace"),
      ...label("pod", "__meta_kubernetes_pod_name"),
      ...label("service", "__meta_kubernetes_pod_label_app"),
      ...label("version", "__meta_kubernetes_pod_label_version"),
      ...label("node", "__meta_kubernetes_pod_node_name"),
    ],
  };
}

/** Envoy's metrics of every sidecar, the ingress controller's included, and the control plane's. */
function meshJobs({ namespace, frontDoor }: Plan): ScrapeJob[] {
  const namespaces =
    frontDoor.kind === "controller" ? [namespace, frontDoor.controller.namespace] : [namespace];
  return [
    podJob(jobs.sidecars, namespaces, undefined, MESH.sidecar, {
      metrics_path: "/stats/prometheus",
      // A release is judged by them, and a bad one has to be found before it has hurt many.
      scrape_interval: "5s",
      scrape_timeout: "4s",
      // Envoy tells a thousand more of itself.
      metric_relabel_configs: [keep("__name__", `${MESH.metrics}|envoy_server_(live|uptime)`)],
    }),
    {
      job_name: jobs.controlPlane,
      static_configs: [{ targets: [MESH.controlPlane] }],
      metric_relabel_configs: keptOf(namespace).controlPlane,
    },
  ];
}

const credentials = {
  scheme: "https",
  authorization: { type: "Bearer", credentials_file: `${CREDENTIALS}/token` },
};

/** By its Service, which every pod may look up: its endpoints are in a namespace that is none of ours. */
const apiServerJob: ScrapeJob = {
  job_name: jobs.apiServers,
  ...credentials,
  tls_config: { ca_file: `${CREDENTIALS}/ca.crt` },
  static_configs: [{ targets: ["kubernetes.default.svc:443"] }],
};

/** The kubelet of every node, at one of its paths. */
function nodeJob(job_name: string, metrics_path: string): ScrapeJob {
  return {
    job_name,
    scrape_interval: "30s",
    scrape_timeout: "15s",
    metrics_path,
    ...credentials,
    // Most clusters' kubelets have signed their certificates themselves.
    tls_config: { insecure_skip_verify: true },
    kubernetes_sd_configs: [{ role: "node" }],
    relabel_configs: [
      // A node without a kubelet, as simulated ones are.
      { action: "drop", source_labels: ["__address__"], regex: ".*:0" },
      ...label("node", "__meta_kubernetes_node_name"),
    ],
  };
}

function keep(source: string, regex: string): Relabeling {
  return { action: "keep", source_labels: [source], regex };
}

function label(target_label: string, source: string): Relabeling[] {
  return [{ source_labels: [source], target_label }];
}
