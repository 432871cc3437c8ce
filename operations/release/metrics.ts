import type { KubeConfig } from "@kubernetes/client-node";
import { z } from "zod";
import { SERVICE_PORT, workloads } from "../../model/workloads";
import { UserError } from "../errors";
import { askPod } from "../pod-request";

/** How one version answered its callers. */
export interface Metrics {
  /** Requests that got an answer, or none. */
  requests: number;
  /** Share of them without 5xx, 0–1; without a request there is none. */
  success?: number;
  /** Seconds within which 95 % of them were answered. */
  p95?: number;
}

/** Metrics of the versions, by the value of their `version` label. */
export type MetricsOf = (versions: readonly string[], since: number) => Promise<Metrics[]>;

/** Prometheus' one pod. */
const POD = `${workloads.prometheus.app}-0`;

const answer = z.object({
  status: z.string(),
  error: z.string().optional(),
  data: z
    .object({
      result: z.array(
        z.object({ metric: z.record(z.string(), z.string()), value: z.tuple([z.number(), z.string()]) }),
      ),
    })
    .optional(),
});

/** One series of an answer. */
export interface Sample {
  labels: Record<string, string>;
  value: number;
}

/**
 * Asks a platform's Prometheus.
 * @throws {UserError} when it is not there or does not answer
 */
export async function query(cluster: KubeConfig, namespace: string, promql: string): Promise<Sample[]> {
  const target = { namespace, pod: POD, port: workloads.prometheus.port };
  const { status, body } = await askPod(
    cluster,
    target,
    `/api/v1/query?query=${encodeURIComponent(promql)}`,
  ).catch((error) => {
    throw new UserError(
      `Prometheus does not answer: ${(error as Error).message}`,
      `see npx ops status --stack <stack>; without metrics nothing can be released`,
    );
  });
  const { data, error } = answer.parse(JSON.parse(body));
  if (status !== 200 || !data) throw new Error(`Prometheus: ${error ?? `status ${status}`}: ${promql}`);
  return data.result.map(({ metric, value }) => ({ labels: metric, value: Number(value[1]) }));
}

/**
 * What the callers' sidecars have counted of a service since a moment: Envoy's own metrics, which every build of it
 * has. What a counter has grown by since a moment is exact, where a rate would wait for a window to fill.
 */
export function metricsOf(cluster: KubeConfig, namespace: string, service: string): MetricsOf {
  return async (versions, since) => {
    const [requests, p95] = await Promise.all([
      query(cluster, namespace, requestsQuery(service, namespace, versions, since)),
      query(cluster, namespace, p95Query(service, namespace, versions, since)),
    ]);
    return versions.map((version) => {
      const counts = requests.filter(({ labels }) => versionOf(labels) === version);
      const all = sum(counts);
      const failed = sum(counts.filter(({ labels }) => labels.response_code_class === "5xx"));
      const quantile = p95.find(({ labels }) => versionOf(labels) === version)?.value;
      return {
        requests: Math.round(all),
        ...(all > 0 && { success: 1 - failed / all }),
        ...(quantile !== undefined && Number.isFinite(quantile) && { p95: quantile / 1000 }),
      };
    });
  };
}

/** Requests by version and class of their status. Pure. */
export const requestsQuery = (
  service: string,
  namespace: string,
  versions: readonly string[],
  since: number,
): string =>
  `sum by (cluster_name, response_code_class) (${grown(`envoy_cluster_upstream_rq{${clusters(service, namespace, versions)},response_code_class!=""}`, since)})`;

/** Milliseconds by version. Pure. */
export const p95Query = (
  service: string,
  namespace: string,
  versions: readonly string[],
  since: number,
): string =>
  `histogram_quantile(0.95, sum by (cluster_name, le) (${grown(`envoy_cluster_upstream_rq_time_bucket{${clusters(service, namespace, versions)}}`, since)}))`;

/** What the sidecars call the versions of a service. */
const clusters = (service: string, namespace: string, versions: readonly string[]) =>
  `cluster_name=~"outbound\\\\|${SERVICE_PORT}\\\\|(${versions.join("|")})\\\\|${service}\\\\.${namespace}\\\\..*"`;

/**
 * How much a counter has grown; one that was not there before began at 0, and what a caller that has started anew since
 * had counted is lost.
 * @param since milliseconds since 1970
 */
function grown(counter: string, since: number): string {
  const seconds = Math.max(1, Math.round((Date.now() - since) / 1000));
  return `clamp_min(${counter} - (${counter} offset ${seconds}s or ${counter} * 0), 0)`;
}

const versionOf = ({ cluster_name = "" }: Record<string, string>) => cluster_name.split("|")[2];
const sum = (samples: readonly Sample[]) => samples.reduce((total, { value }) => total + value, 0);
