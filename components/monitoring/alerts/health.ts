import type { Plan } from "../../../model/plan";
import { type AlertRule, alert } from "./rule";

/** Service health degradation (docs/requirements.md, D8). */
export function healthAlerts({ services }: Plan): AlertRule[] {
  const jobs = services.map(({ name }) => name).join("|");
  return [
    alert({
      name: "ServiceUnhealthy",
      when: 'up{job="load-balancer-health"} == 0',
      for: "1m",
      severity: "page",
      summary: "{{ $labels.service }} says that it is not healthy, or says nothing",
      description: "Two checks of /health in a row got no answer with 200.",
    }),
    // `absent` rather than a sum: without a single pod there is nothing to sum.
    ...services.map(({ name }) =>
      alert({
        name: "ServiceDown",
        when: `absent(up{job="${name}"} == 1)`,
        for: "30s",
        severity: "page",
        service: name,
        summary: `No pod of ${name} answers`,
        description: "Prometheus has read the metrics of none of its pods.",
      }),
    ),
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
