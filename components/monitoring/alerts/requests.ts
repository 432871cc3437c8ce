import type { Plan } from "../../plan";
import { type AlertRule, alert } from "./rule";

/** Targets of the discovery document (Performance Characteristics): errors, and seconds of the 95th percentile. */
const TARGETS = { errors: 0.05, p95: 2, availability: 0.999 };

/**
 * How much faster than allowed the errors of a month are used up: at this rate two days are all of it (Site
 * Reliability Workbook, Alerting on SLOs). Both windows: long enough to matter, and still going on.
 */
const BURN_RATE = 14.4;

/** High error rates, and answers that are too slow. Health checks are no requests of anybody. */
export function requestAlerts({ services }: Plan): AlertRule[] {
  const jobs = services.map(({ name }) => name).join("|");
  const requests = `job=~"${jobs}",route!~".*/(health|health/.*|metrics)"`;
  const rate = (matchers: string, window: string) =>
    `sum by (service) (rate(http_requests_total{${matchers}}[${window}]))`;
  const errors = (window: string) =>
    `${rate(`${requests},status=~"5.."`, window)} / ${rate(requests, window)}`;
  const burnt = BURN_RATE * (1 - TARGETS.availability);

  return [
    alert({
      name: "HighErrorRate",
      when: `${errors("5m")} > ${TARGETS.errors}`,
      for: "2m",
      severity: "page",
      summary: "{{ $labels.service }} answers with errors",
      description: `{{ $value | humanizePercentage }} of its requests end with 5xx; the target is under ${TARGETS.errors * 100} %.`,
    }),
    alert({
      name: "ErrorBudgetBurning",
      when: `(${errors("1h")} > ${burnt.toFixed(4)}) and (${errors("5m")} > ${burnt.toFixed(4)})`,
      severity: "page",
      summary: "{{ $labels.service }} will miss its availability",
      description: `{{ $value | humanizePercentage }} of an hour's requests failed; at this rate the errors that ${TARGETS.availability * 100} % allow for a month are used up in two days.`,
    }),
    alert({
      name: "SlowAnswers",
      when:
        `histogram_quantile(0.95, sum by (service, le) ` +
        `(rate(http_request_duration_seconds_bucket{${requests}}[5m]))) > ${TARGETS.p95}`,
      for: "5m",
      severity: "page",
      summary: "{{ $labels.service }} is slow",
      description: `One request in twenty takes longer than {{ $value | humanizeDuration }}; the target is ${TARGETS.p95} s.`,
    }),
  ];
}
