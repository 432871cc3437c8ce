import type { Plan } from "../../../model/plan";
import { queriesOf } from "../queries";
import { type AlertRule, alert } from "./rule";

/** Targets (docs/requirements.md, D11): errors, and seconds of the 95th percentile. */
const TARGETS = { errors: 0.05, p95: 2, availability: 0.999 };

/**
 * How much faster than allowed the errors of a month are used up: at this rate two days are all of it (Site
 * Reliability Workbook, Alerting on SLOs). Both windows: long enough to matter, and still going on.
 */
const BURN_RATE = 14.4;

/** High error rates, and answers that are too slow. */
export function requestAlerts(plan: Plan): AlertRule[] {
  const { errors, quantile } = queriesOf(plan);
  const burnt = (BURN_RATE * (1 - TARGETS.availability)).toFixed(4);

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
      when: `(${errors("1h")} > ${burnt}) and (${errors("5m")} > ${burnt})`,
      severity: "page",
      summary: "{{ $labels.service }} will miss its availability",
      description: `{{ $value | humanizePercentage }} of an hour's requests failed; at this rate the errors that ${TARGETS.availability * 100} % allow for a month are used up in two days.`,
    }),
    alert({
      name: "SlowAnswers",
      when: `${quantile(0.95, "5m")} > ${TARGETS.p95}`,
      for: "5m",
      severity: "page",
      summary: "{{ $labels.service }} is slow",
      description: `One request in twenty takes longer than {{ $value | humanizeDuration }}; the target is ${TARGETS.p95} s.`,
    }),
  ];
}
