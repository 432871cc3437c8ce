import type { Plan, ServicePlan } from "../../../model/plan";
import { podsOf, stablePodsOf } from "../queries";
import { type AlertRule, alert } from "./rule";

/** Changes of the number of pods within half an hour that are no scaling any more. */
const FLAPPING = 6;

/** Between the five minutes that are compared are five in which the pods come or go. */
const BEFORE = " offset 10m";

/**
 * What the autoscaler does (docs/requirements.md, D8). Pods are counted by what Prometheus reads, and their
 * bounds are the plan's: nothing else has to be asked.
 */
export const autoscalingAlerts = (plan: Plan): AlertRule[] =>
  plan.services.flatMap((service) => alertsOf(service, plan));

function alertsOf(service: ServicePlan, plan: Plan): AlertRule[] {
  const { name, replicas } = service;
  const { min, max } = replicas;
  const pods = `count(${podsOf(service, plan, 1)})`;
  const seen = `count(${podsOf(service, plan)})`;
  const stable = (fold: "min" | "max", offset = "") =>
    `${fold}_over_time((count(${stablePodsOf(service, plan)}))[5m:1m]${offset})`;
  return [
    ...(min < max
      ? [
          alert({
            name: "AutoscalerAtMaximum",
            when: `${pods} >= ${max}`,
            for: "15m",
            severity: "ticket",
            service: name,
            summary: `${name} has as many pods as it may`,
            description: `All ${max} have been there for a quarter of an hour: more load would find no more.`,
          }),
          alert({
            name: "AutoscalerFlapping",
            when: `changes((${seen})[30m:1m]) >= ${FLAPPING}`,
            severity: "ticket",
            service: name,
            summary: `The autoscaler of ${name} goes up and down`,
            description: "The number of pods changed {{ $value }} times within half an hour.",
          }),
          alert({
            name: "Scaled",
            // What lasts for five minutes: the one pod more of a rolling update is gone by then, with its numbers.
            when: [
              `(${stable("min")} - ${stable("max", BEFORE)}) > 0`,
              `(${stable("max")} - ${stable("min", BEFORE)}) < 0`,
            ].join(" or "),
            // The pods of a start come one after the other.
            for: "2m",
            severity: "info",
            service: name,
            summary: `${name} was scaled`,
            description: "{{ $value }} pods beside ten minutes ago.",
          }),
        ]
      : []),
    alert({
      name: "ReplicasMissing",
      when: `${pods} < ${min}`,
      for: "5m",
      severity: "ticket",
      service: name,
      summary: `${name} has fewer pods than it should`,
      description: `{{ $value }} of at least ${min} ${service.metrics ? "answer" : "run"}.`,
    }),
  ];
}
