import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { execa } from "execa";
import { stringify } from "yaml";
import { rulesText } from "../components/monitoring/alerts";
import { dashboardsOf } from "../components/monitoring/dashboards";
import { planOf } from "../stacks/plan";
import { settingsOf } from "./support/render";
import { ensureScanner } from "./support/scanners";

/** Series by their names and labels, with their values in the notation of `promtool test rules`, one every 30 s. */
type Series = Record<string, string>;

/** The series of a malai in which everything is well, as far as the alerts look at it. */
const health = (service: string) => `up{job="load-balancer-health",service="${service}"}`;
const pod = (service: string, name = "1") => `up{job="${service}",service="${service}",pod="${name}"}`;
/** What the sidecar of nginx counts of its calls. */
const call = (
  metric: string,
  labels: string,
  cluster = "outbound|80|v1|auth-service.malai.svc.cluster.local",
) => `${metric}{job="mesh-sidecars",service="nginx",pod="nginx-1",cluster_name="${cluster}",${labels}}`;
const calls = (status: string, cluster?: string) =>
  call("envoy_cluster_upstream_rq", `response_code_class="${status}"`, cluster);
/** What a service without a mesh counts itself. */
const requests = (status: number, route = "/items") =>
  `http_requests_total{job="auth-service",service="auth-service",route="${route}",status="${status}"}`;
/** The rules of a stack without a mesh. */
const MESHLESS = "rules-without-mesh.yml";
const cpu = 'pod="auth-service-1",container="auth-service",job="containers",namespace="malai"';

describe("Alerts, evaluated by promtool", function () {
  // Built from source where it is missing.
  this.timeout(900_000);
  let program: string;
  let folder: string;
  before(async () => {
    program = await ensureScanner("promtool");
    folder = await mkdtemp(join(tmpdir(), "alerts-"));
    await writeFile(join(folder, "rules.yml"), rulesText(planOf(settingsOf("dev"))));
    const meshless = settingsOf("dev", { mesh: { enabled: false } });
    await writeFile(join(folder, MESHLESS), rulesText(planOf(meshless)));
  });
  after(() => rm(folder, { recursive: true }));

  /** Whether an alert fires after some minutes of these series, by the services it fires for. */
  async function firing(
    alert: string,
    minutes: number,
    series: Series,
    rules = "rules.yml",
  ): Promise<string[]> {
    const file = join(folder, "test.yml");
    const input_series = Object.entries(series).map(([series, values]) => ({ series, values }));
    const test = {
      rule_files: [rules],
      evaluation_interval: "30s",
      tests: [
        {
          interval: "30s",
          input_series,
          // Wrong on purpose: promtool answers with what it got.
          alert_rule_test: [
            {
              eval_time: `${minutes}m`,
              alertname: alert,
              exp_alerts: [{ exp_labels: { expected: "nothing" } }],
            },
          ],
        },
      ],
    };
    await writeFile(file, stringify(test));
    const { all } = await execa(program, ["test", "rules", file], { reject: false, all: true });
    const got = /got:\s*\[([\s\S]*?)\n?\s*\]?\s*$/.exec(all)?.[1];
    if (got === undefined) throw new Error(all);
    return [...got.matchAll(/Labels:\{([^}]*)\}/g)].map(
      ([, labels = ""]) => /\b(?:service|pod|persistentvolumeclaim)="([^"]*)"/.exec(labels)?.[1] ?? "",
    );
  }

  for (const stack of ["dev", "prod", "dealcycle-dev", "dealcycle-prod"]) {
    it(`[D8] of ${stack} are what Prometheus accepts`, async () => {
      const file = join(folder, `${stack}.yml`);
      await writeFile(file, rulesText(planOf(settingsOf(stack))));
      const { exitCode, all } = await execa(program, ["check", "rules", "--lint=all", "--lint-fatal", file], {
        reject: false,
        all: true,
      });
      expect(exitCode, all).to.equal(0);
    });
  }

  for (const stack of ["dev", "prod", "dealcycle-dev", "dealcycle-prod"]) {
    it(`[D7] the dashboards of ${stack} ask what Prometheus understands`, async () => {
      const file = join(folder, `${stack}-dashboards.yml`);
      const queries = dashboardsOf(planOf(settingsOf(stack))).flatMap(({ panels }) =>
        panels.flatMap(({ queries }) => queries.map(({ expr }) => expr)),
      );
      const rules = queries.map((expr, index) => ({ record: `panel:${index}`, expr }));
      await writeFile(file, stringify({ groups: [{ name: "panels", rules }] }, { lineWidth: 0 }));
      const { exitCode, all } = await execa(program, ["check", "rules", file], { reject: false, all: true });
      expect(exitCode, all).to.equal(0);
      expect(all).to.contain(`${queries.length} rules found`);
    });
  }

  it("[D8] degraded health: a service whose check fails twice, and not one that fails once", async () => {
    expect(
      await firing("ServiceUnhealthy", 4, {
        [health("auth-service")]: "1 1 0x10",
        [health("event-service")]: "1 1 0 1x10",
      }),
    ).to.deep.equal(["auth-service"]);
  });

  it("[D8] degraded health: a service without a pod, by its name", async () => {
    const others = ["api-gateway", "event-service", "payment-service", "notification-service"];
    expect(
      await firing("ServiceDown", 4, {
        [pod("auth-service")]: "1 1 0x10",
        ...Object.fromEntries(others.map((service) => [pod(service), "1x20"])),
      }),
    ).to.deep.equal(["auth-service"]);
  });

  it("[D8] error rate: above 5 %, and not at 5 %", async () => {
    const at = (errors: number) =>
      firing("HighErrorRate", 10, {
        [calls("2xx")]: `0+${100 - errors}x40`,
        [calls("5xx")]: `0+${errors}x40`,
      });
    expect(await at(6)).to.deep.equal(["auth-service"]);
    expect(await at(5)).to.deep.equal([]);
  });

  it("[N21] error rate: that of a service without metrics of its own, by what its callers' sidecars count", async () => {
    const cluster = "outbound|80||payment-service.malai.svc.cluster.local";
    const series = { [calls("2xx", cluster)]: "0+50x40", [calls("5xx", cluster)]: "0+50x40" };
    expect(await firing("HighErrorRate", 10, series)).to.deep.equal(["payment-service"]);
  });

  it("[N21] error rate: what comes in by no caller's sidecar, as probes and scrapes do, counts nowhere", async () => {
    expect(
      await firing("HighErrorRate", 10, {
        [calls("2xx")]: "0+100x40",
        [calls("5xx", "inbound|4000||")]: "0+100x40",
        [requests(503)]: "0+100x40",
      }),
    ).to.deep.equal([]);
  });

  it("[N21] error rate: another platform's service of the same name is none of ours", async () => {
    const cluster = "outbound|80|v1|auth-service.other.svc.cluster.local";
    const series = { [calls("2xx", cluster)]: "0+50x40", [calls("5xx", cluster)]: "0+50x40" };
    expect(await firing("HighErrorRate", 10, series)).to.deep.equal([]);
  });

  it("[D8] [N21] error rate: without a mesh what a service counts itself, health checks left out", async () => {
    const at = (errors: number, route?: string) =>
      firing(
        "HighErrorRate",
        10,
        { [requests(200)]: `0+${100 - errors}x40`, [requests(500, route)]: `0+${errors}x40` },
        MESHLESS,
      );
    expect(await at(6)).to.deep.equal(["auth-service"]);
    expect(await at(5)).to.deep.equal([]);
    expect(await at(50, "/health/ready")).to.deep.equal([]);
  });

  it("[D8] [D11] answers: slow when the 95th percentile is over two seconds", async () => {
    const slow = (
      share: number,
      [two, five]: [string, string],
      bucket: (le: string) => string,
      rules?: string,
    ) =>
      firing(
        "SlowAnswers",
        15,
        {
          [bucket(two)]: `0+${100 - share}x60`,
          [bucket(five)]: "0+100x60",
          [bucket("+Inf")]: "0+100x60",
        },
        rules,
      );
    const called = (le: string) => call("envoy_cluster_upstream_rq_time_bucket", `le="${le}"`);
    expect(await slow(10, ["2000", "5000"], called)).to.deep.equal(["auth-service"]);
    expect(await slow(4, ["2000", "5000"], called)).to.deep.equal([]);
    const own = (le: string) =>
      `http_request_duration_seconds_bucket{job="auth-service",service="auth-service",route="/items",le="${le}"}`;
    expect(await slow(10, ["2", "5"], own, MESHLESS)).to.deep.equal(["auth-service"]);
    expect(await slow(4, ["2", "5"], own, MESHLESS)).to.deep.equal([]);
  });

  it("[D8] resources: a container at its memory limit, after ten minutes", async () => {
    const memory = (used: number) => ({
      [`container_memory_working_set_bytes{${cpu}}`]: `${used}x60`,
      [`container_spec_memory_limit_bytes{${cpu}}`]: "100x60",
    });
    expect(await firing("MemoryNearLimit", 15, memory(95))).to.deep.equal(["auth-service-1"]);
    expect(await firing("MemoryNearLimit", 5, memory(95))).to.deep.equal([]);
    expect(await firing("MemoryNearLimit", 15, memory(85))).to.deep.equal([]);
  });

  it("[D8] resources: a container at its cpu limit", async () => {
    const use = (perInterval: number) => ({
      [`container_cpu_usage_seconds_total{${cpu}}`]: `0+${perInterval}x60`,
      [`container_spec_cpu_quota{${cpu}}`]: "50000x60",
      [`container_spec_cpu_period{${cpu}}`]: "100000x60",
    });
    // Half a core is 15 seconds in 30.
    expect(await firing("CpuNearLimit", 20, use(14.5))).to.deep.equal(["auth-service-1"]);
    expect(await firing("CpuNearLimit", 20, use(12))).to.deep.equal([]);
  });

  it("[D8] resources: a volume that fills up", async () => {
    const volume = (used: number) => ({
      'kubelet_volume_stats_used_bytes{namespace="malai",persistentvolumeclaim="data-postgres-0"}': `${used}x60`,
      'kubelet_volume_stats_capacity_bytes{namespace="malai",persistentvolumeclaim="data-postgres-0"}':
        "100x60",
    });
    expect(await firing("VolumeFilling", 15, volume(90))).to.deep.equal(["data-postgres-0"]);
    expect(await firing("VolumeFull", 15, volume(90))).to.deep.equal([]);
    expect(await firing("VolumeFull", 15, volume(96))).to.deep.equal(["data-postgres-0"]);
  });

  it("[D8] autoscaling: at the maximum for a quarter of an hour, and each time that it has scaled for five minutes", async () => {
    const pods = (count: number, values: string) =>
      Object.fromEntries(
        Array.from({ length: count }, (_, index) => [pod("auth-service", String(index)), values]),
      );
    expect(await firing("AutoscalerAtMaximum", 20, pods(3, "1x60"))).to.deep.equal(["auth-service"]);
    expect(await firing("AutoscalerAtMaximum", 20, pods(2, "1x60"))).to.deep.equal([]);
    expect(
      await firing("Scaled", 18, { ...pods(1, "1x60"), [pod("auth-service", "new")]: "_x19 1x40" }),
    ).to.deep.equal(["auth-service"]);
    expect(
      await firing("Scaled", 24, { ...pods(1, "1x60"), [pod("auth-service", "old")]: "1x30 stale" }),
    ).to.deep.equal(["auth-service"]);
    expect(await firing("Scaled", 18, pods(2, "1x60"))).to.deep.equal([]);
  });

  it("[D8] [N21] autoscaling: not by the pods of a release, nor by the one more of a rolling update", async () => {
    const stable = { [pod("auth-service", "auth-service-7c99f46bd9-blnck")]: "1x90" };
    const more = (name: string, values: string) => ({ ...stable, [pod("auth-service", name)]: values });
    const released = more("auth-service-v2-6659f4f96c-fh7cv", "_x19 1x40");
    const updated = more("auth-service-859f466ccd-9s6kf", "_x19 1x8 stale");
    for (const minute of [18, 23]) {
      expect(await firing("Scaled", minute, { ...released, ...updated }), `${minute} min`).to.deep.equal([]);
    }
  });

  it("[R1] certificate: a ticket for the last 14 days of the one that is served, a page for the last two", async () => {
    const ends = (days: number) => ({
      'nginx_certificate_end_seconds{job="nginx",service="nginx",pod="nginx-1"}': `${days * 86_400}x20`,
    });
    expect(await firing("CertificateEnds", 5, ends(13.9))).to.deep.equal(["nginx-1"]);
    expect(await firing("CertificateEnds", 5, ends(14.1))).to.deep.equal([]);
    expect(await firing("CertificateEndsAtOnce", 5, ends(1.9))).to.deep.equal(["nginx-1"]);
    expect(await firing("CertificateEndsAtOnce", 5, ends(13.9))).to.deep.equal([]);
  });

  it("[D8] discovery: fires for a service whose pods answer and whose name does not, and not while a store is unavailable", async () => {
    const series = { [health("auth-service")]: "0x20", [pod("auth-service")]: "1x20" };
    const store = (up: number) => ({
      'dependency_up{job="auth-service",service="auth-service",dependency="database"}': `${up}x20`,
    });
    expect(await firing("ServiceUnreachable", 5, { ...series, ...store(1) })).to.deep.equal(["auth-service"]);
    expect(await firing("ServiceUnreachable", 5, { ...series, ...store(0) })).to.deep.equal([]);
    expect(
      await firing("ServiceUnreachable", 5, { ...series, ...store(1), [pod("auth-service")]: "0x20" }),
    ).to.deep.equal([]);
  });
});
