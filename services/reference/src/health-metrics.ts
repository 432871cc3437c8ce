import type { IncomingHttpHeaders } from "node:http";
import type { HealthReport } from "./health-report";

/** Media type of Prometheus' text format. */
export const METRICS_TYPE = "text/plain; version=0.0.4; charset=utf-8";

/** Both formats that Prometheus names when it scrapes; no other client names either. */
const PROMETHEUS = /application\/openmetrics-text|text\/plain;\s*version=0\.0\.4/;

export const comesFromPrometheus = ({ accept = "" }: IncomingHttpHeaders): boolean => PROMETHEUS.test(accept);

/** A report as Prometheus reads it, so that it can scrape `/health` itself: an answer of 503 is a target that is down. */
export function asMetrics({ status, dependencies }: HealthReport): string {
  return [
    "# HELP health_status 1 when every dependency answers, else 0.",
    "# TYPE health_status gauge",
    `health_status ${status === "healthy" ? 1 : 0}`,
    "# HELP health_dependency_up 1 when the dependency answers, else 0.",
    "# TYPE health_dependency_up gauge",
    ...Object.entries(dependencies).map(
      ([name, dependency]) =>
        `health_dependency_up{dependency="${name}"} ${dependency.status === "up" ? 1 : 0}`,
    ),
    "",
  ].join("\n");
}
