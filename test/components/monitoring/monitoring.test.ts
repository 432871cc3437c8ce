import { expect } from "chai";
import { alertGroups } from "../../../components/monitoring/alerts";
import { dashboardsOf } from "../../../components/monitoring/dashboards";
import { scrapeConfig } from "../../../components/monitoring/scrape";
import type { Plan } from "../../../model/plan";
import { dealcycle } from "../../../platforms/dealcycle";
import { malai } from "../../../platforms/malai";
import { planOf } from "../../../stacks/plan";
import { objectOf, type Rendered, render, settingsOf } from "../../support/render";

/** The jobs of a stack by name. */
function jobsOf(stack: string, changes: Record<string, unknown> = {}): Record<string, any> {
  const { scrape_configs } = scrapeConfig(planOf(settingsOf(stack, changes)));
  return Object.fromEntries(scrape_configs.map((job) => [job.job_name, job]));
}

describe("Scrape configuration", () => {
  it("[D6] reads /metrics of every replica of each service every 10 seconds", () => {
    const jobs = jobsOf("dealcycle-prod");
    for (const [service, { port }] of Object.entries(dealcycle.services)) {
      const job = jobs[service];
      expect(job.scrape_interval, service).to.equal("10s");
      expect(job, "Prometheus' default is /metrics").to.not.have.property("metrics_path");
      expect(job.kubernetes_sd_configs).to.deep.equal([
        {
          role: "pod",
          namespaces: { names: ["dealcycle-crm"] },
          selectors: [{ role: "pod", label: `app=${service}` }],
        },
      ]);
      expect(job.relabel_configs[0]).to.deep.equal({
        action: "keep",
        source_labels: ["__meta_kubernetes_pod_container_port_number"],
        regex: String(port),
      });
    }
  });

  it("[D6] reads /health of each service at its load-balanced address every 30 seconds", () => {
    const job = jobsOf("dealcycle-prod")["load-balancer-health"];
    expect(job).to.include({ metrics_path: "/health", scrape_interval: "30s" });
    expect(job.static_configs.map(({ targets }: any) => targets[0])).to.deep.equal([
      "auth-service:80",
      "leads-service:80",
      "buyers-service:80",
      "users-service:80",
    ]);
  });

  it("[D6] reads the metrics of the mesh, of its sidecars and its control plane", () => {
    const jobs = jobsOf("prod");
    expect(jobs["mesh-sidecars"].metrics_path).to.equal("/stats/prometheus");
    expect(jobs["mesh-sidecars"].relabel_configs[0].regex).to.equal("15090");
    expect(jobs["mesh-control-plane"].static_configs[0].targets).to.deep.equal([
      "istiod.istio-system.svc:15014",
    ]);
    expect(jobsOf("prod", { mesh: { enabled: false } })).to.not.include.keys(
      "mesh-sidecars",
      "mesh-control-plane",
    );
  });

  it("[R44] reads the sidecars of an ingress controller, which a release is judged by", () => {
    const namespaces = (stack: string) => jobsOf(stack)["mesh-sidecars"].kubernetes_sd_configs[0].namespaces;
    expect(namespaces("dealcycle-prod")).to.deep.equal({ names: ["dealcycle-crm", "nginx-ingress"] });
    expect(namespaces("prod")).to.deep.equal({ names: ["malai"] });
  });

  it("[D6] reads the API server, whose certificate it verifies, with its own token", () => {
    const job = jobsOf("prod")["kubernetes-apiservers"];
    expect(job.static_configs[0].targets).to.deep.equal(["kubernetes.default.svc:443"]);
    expect(job.authorization.credentials_file).to.equal(
      "/var/run/secrets/kubernetes.io/serviceaccount/token",
    );
    expect(job.tls_config).to.deep.equal({
      ca_file: "/var/run/secrets/kubernetes.io/serviceaccount/ca.crt",
    });
  });

  it("reads the nodes and their containers, the data stores, nginx and itself", () => {
    expect(jobsOf("prod")).to.include.all.keys(
      "nodes",
      "containers",
      "postgres",
      "redis",
      "rabbitmq",
      "nginx",
      "prometheus",
    );
    expect(jobsOf("prod").rabbitmq.relabel_configs[0].regex).to.equal("15692");
  });

  describe("of the cluster", () => {
    const FROM_CLUSTER = /\b(?:container|kubelet|machine|apiserver|pilot|istiod)_[a-z_]+\b/g;

    /** Names of the cluster's metrics in every alert and on every dashboard. */
    function queried(plan: Plan): Set<string> {
      const queries = [
        ...alertGroups(plan).flatMap(({ rules }) => rules.map(({ expr }) => expr)),
        ...dashboardsOf(plan).flatMap(({ panels }) =>
          panels.flatMap(({ queries }) => queries.map(({ expr }) => expr)),
        ),
      ];
      return new Set(queries.flatMap((expr) => expr.match(FROM_CLUSTER) ?? []));
    }

    /** Whether a job keeps a sample: all its rules have to match, as Prometheus matches them. */
    const keeps = (job: any, labels: Record<string, string>): boolean =>
      job.metric_relabel_configs.every(({ action, source_labels, regex }: any) => {
        const value = source_labels.map((label: string) => labels[label] ?? "").join(";");
        return action === "keep" && new RegExp(`^(?:${regex})$`, "s").test(value);
      });

    for (const [stack, namespace] of [
      ["prod", "malai"],
      ["dealcycle-dev", "dealcycle-crm"],
    ] as const) {
      it(`[R64] keeps what an alert or a dashboard of ${stack} reads, of its own namespace, and no more`, () => {
        const { containers, nodes } = jobsOf(stack);
        const names = [...queried(planOf(settingsOf(stack)))];
        expect(names).to.have.length.above(8);
        const kept = names.filter((__name__) =>
          [containers, nodes].some((job) => keeps(job, { __name__, namespace, pod: "a", container: "b" })),
        );
        expect(kept).to.deep.equal(names);
        const listed = [containers, nodes].flatMap(
          (job) => /^\(([^)]*)\)/.exec(job.metric_relabel_configs[0].regex)?.[1]?.split("|") ?? [],
        );
        expect(listed).to.have.members(names);
        for (const __name__ of names) {
          for (const job of [containers, nodes]) {
            expect(keeps(job, { __name__, namespace: "of-others", container: "b" }), __name__).to.equal(
              false,
            );
          }
          if (!__name__.startsWith("container_")) continue;
          expect(keeps(containers, { __name__, namespace, container: "" }), "a pod's sum").to.equal(false);
        }
        for (const __name__ of ["container_tasks_state", "container_network_receive_bytes_total", "up_"]) {
          expect(keeps(containers, { __name__, namespace, container: "b" }), __name__).to.equal(false);
        }
        expect(keeps(nodes, { __name__: "kubelet_runtime_operations_total", namespace })).to.equal(false);
      });
    }

    it("[R64] keeps a few of the API server and the mesh's control plane, none by resource or by proxy", () => {
      const jobs = jobsOf("prod");
      const api = jobs["kubernetes-apiservers"];
      expect(keeps(api, { __name__: "apiserver_current_inflight_requests" })).to.equal(true);
      for (const __name__ of [
        "apiserver_request_duration_seconds_bucket",
        "etcd_request_duration_seconds_bucket",
      ]) {
        expect(keeps(api, { __name__ }), __name__).to.equal(false);
      }
      const mesh = jobs["mesh-control-plane"];
      expect(keeps(mesh, { __name__: "pilot_total_xds_rejects" })).to.equal(true);
      expect(keeps(mesh, { __name__: "pilot_proxy_convergence_time_bucket" })).to.equal(false);
    });
  });

  it("leaves out nginx where a controller stands in its place", () => {
    expect(jobsOf("dealcycle-prod")).to.not.include.keys("nginx");
  });
});

describe("Prometheus", () => {
  let resources: Rendered[];
  before(async () => {
    resources = await render(malai, settingsOf("prod"));
  });
  const pod = () => objectOf(resources, "StatefulSet", "prometheus").spec.template.spec;

  it("[D6] keeps samples as long as the stack says, and never more than its volume holds", () => {
    expect(pod().containers[0].args).to.include.members([
      "--storage.tsdb.retention.time=30d",
      `--storage.tsdb.retention.size=${0.8 * 50 * 1024}MB`,
    ]);
    const claim = objectOf(resources, "PersistentVolumeClaim", "data-prometheus-0");
    expect(claim.spec.resources.requests.storage).to.equal("50Gi");
  });

  it("[D8] reads a changed configuration by itself: nothing of it is in its pod", () => {
    const { metadata, spec } = objectOf(resources, "StatefulSet", "prometheus").spec.template;
    expect(Object.keys(metadata.annotations).filter((key) => !key.includes("istio.io"))).to.deep.equal([]);
    expect(spec.containers[0].args).to.include("--enable-feature=auto-reload-config");
  });

  it("[D6] runs with the configuration that the plan makes", () => {
    const { data } = objectOf(resources, "ConfigMap", "prometheus");
    expect(data["prometheus.yml"]).to.contain("job_name: load-balancer-health");
  });

  it("may read pods of its namespace, nodes and metrics, and nothing else", () => {
    expect(objectOf(resources, "Role", "prometheus").rules).to.deep.equal([
      { apiGroups: [""], resources: ["pods"], verbs: ["get", "list", "watch"] },
    ]);
    expect(objectOf(resources, "ClusterRole", "malai-prometheus").rules).to.deep.equal([
      { apiGroups: [""], resources: ["nodes"], verbs: ["get", "list", "watch"] },
      { apiGroups: [""], resources: ["nodes/metrics"], verbs: ["get"] },
      { nonResourceURLs: ["/metrics"], verbs: ["get"] },
    ]);
  });

  it("[O11] alone has a token, one that expires", () => {
    expect(pod().automountServiceAccountToken).to.equal(false);
    const withToken = resources
      .filter(({ inputs }) => JSON.stringify(inputs.spec?.template ?? {}).includes("serviceAccountToken"))
      .map(({ inputs }) => inputs.metadata.name);
    expect(withToken).to.deep.equal(["prometheus"]);
    const { projected } = pod().volumes.find(({ name }: any) => name === "credentials");
    expect(projected.sources[0].serviceAccountToken).to.include({ expirationSeconds: 3600 });
  });
});
