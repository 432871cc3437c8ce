import type { Plan, ServicePlan } from "../../../model/plan";
import { jobsOf, podsOf } from "../queries";
import { type AlertRule, alert } from "./rule";

/** Service health degradation (docs/requirements.md, D8). */
export function healthAlerts(plan: Plan): AlertRule[] {
  const { services } = plan;
  const jobs = jobsOf(plan);
  return [
    ...(services.some(({ health }) => health !== undefined) ? [unhealthy] : []),
    ...services.map((service) => downOf(service, plan)),
    ...(jobs ? ofMetrics(jobs) : []),
  ];
}

const unhealthy = alert({
  name: "ServiceUnhealthy",
  when: 'up{job="load-balancer-health"} == 0',
  for: "1m",
  severity: "page",
  summary: "{{ $labels.service }} says that it is not healthy, or says nothing",
  description: "Two checks of /health in a row got no answer with 200.",
});

/** `absent` rather than a sum: without a single pod there is nothing to sum. */
function downOf(service: ServicePlan, plan: Plan): AlertRule {
  const { name, metrics } = service;
  return alert({
    name: "ServiceDown",
    when: `absent(${podsOf(service, plan, 1)})`,
    // The kubelets are asked every 30 s: one answer that is missing says nothing.
    for: metrics ? "30s" : "2m",
    severity: "page",
    service: name,
    summary: metrics ? `No pod of ${name} answers` : `No pod of ${name} runs`,
    description: metrics
      ? "Prometheus has read the metrics of none of its pods."
      : "The kubelets tell of no container of it.",
  });
}

/** What services with metrics of their own tell. */
function ofMetrics(jobs: string): AlertRule[] {
  return [
    alert({
      name: "DependencyDown",
      when: `min by (service, dependency) (dependency_up{job=~"${jobs}"}) == 0`,
      for: "1m",
      severity: "ticket",
      summary: "{{ $labels.service }} does not reach its {{ $labels.dependency }}",
      description: "At least one of its pods has had no answer for a minute.",
    }),
    alert({
      name: "RestartingAgainAndAgain",
      when: `changes(process_start_time_seconds{job=~"${jobs}"}[15m]) >= 3`,
      severity: "ticket",
      summary: "{{ $labels.pod }} starts again and again",
      description: "It started {{ $value }} times within 15 minutes.",
    }),
  ];
}
