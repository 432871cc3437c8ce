import type { Plan } from "../../../model/plan";
import { jobsOf } from "../queries";
import { scrapeJobs } from "../scrape";
import { type AlertRule, alert } from "./rule";

/** Failures of service discovery (docs/requirements.md, D8): of a service's name, and of Prometheus' own. */
export function discoveryAlerts(plan: Plan): AlertRule[] {
  const services = plan.services.map(({ name }) => name);
  const jobs = jobsOf(plan);
  // Each service has an alert of its own when it is gone.
  const others = scrapeJobs(plan)
    .map(({ job_name }) => job_name)
    .filter((job) => !services.includes(job));

  return [
    ...(jobs ? [unreachable(jobs)] : []),
    ...others.map((job) =>
      alert({
        name: "TargetMissing",
        when: `absent(up{job="${job}"} == 1)`,
        for: "2m",
        severity: "ticket",
        service: job,
        summary: `Nothing is known of ${job}`,
        description: "Prometheus has found no target of this job that it can read.",
      }),
    ),
    alert({
      name: "DiscoveryFailing",
      when: "increase(prometheus_sd_kubernetes_failures_total[5m]) > 0 or prometheus_sd_failed_configs > 0",
      for: "2m",
      severity: "ticket",
      summary: "Prometheus cannot ask the API server which pods there are",
      description: "It reads those that it knew before, and no new ones.",
    }),
  ];
}

const unreachable = (jobs: string): AlertRule =>
  alert({
    name: "ServiceUnreachable",
    when:
      `up{job="load-balancer-health"} == 0 ` +
      `and on (service) sum by (service) (up{job=~"${jobs}"}) > 0 ` +
      // With a store unavailable the address works, and says so.
      `unless on (service) min by (service) (dependency_up{job=~"${jobs}"}) == 0`,
    for: "2m",
    severity: "page",
    summary: "{{ $labels.service }} is not found under its name",
    description: "Its pods answer, and so do its stores, but not the address of its Service.",
  });
