import type { Plan, ServicePlan } from "../../../model/plan";
import { podsOf, stablePodsOf } from "../queries";
import { type AlertRule, alert } from "./rule";

/** Changes of the number of pods within half an hour that are no scaling any more. */
const FLAPPING = 6;

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
  const stable = stablePodsOf(service, plan);
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
            when: `count(${stable}) - count(${stable} offset 5m) != 0`,
            // A rolling update has one pod more, and its numbers for two minutes more; a change is seen for five.
            for: "4m",
            severity: "info",
            service: name,
            summary: `${name} was scaled`,
            description: "{{ $value }} pods beside five minutes ago.",
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
