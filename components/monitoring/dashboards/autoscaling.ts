import type { Plan, ServicePlan } from "../../../model/plan";
import { quantity } from "../../../model/quantity";
import { podsOf, queriesOf } from "../queries";
import type { Dashboard, Panel } from "./panel";

/** Is there enough? CPU and memory beside what is requested, replica counts (docs/requirements.md, D7). */
export function autoscaling(plan: Plan): Dashboard {
  const { cpu, container } = queriesOf(plan);
  const memory = container((selector) => `container_memory_working_set_bytes${selector}`);
  return {
    uid: "autoscaling",
    title: "Autoscaling",
    panels: [
      ...plan.services.map((service) => replicas(service, plan)),
      use("CPU beside the request", `of the requested cpu; ${aim("cpu")}`, cpu("5m"), "cpu"),
      use("Memory beside the request", `of the requested memory; ${aim("memory")}`, memory, "memory"),
    ],
  };

  function aim(kind: "cpu" | "memory"): string {
    const targets = new Set(plan.services.map(({ autoscaler }) => autoscaler?.[kind]));
    const [target] = targets;
    return targets.size === 1 && target
      ? `the autoscaler aims at ${target} %`
      : "each autoscaler has an aim of its own";
  }

  function use(title: string, what: string, used: string, kind: "cpu" | "memory"): Panel {
    return {
      title,
      description: `Average share ${what}.`,
      unit: "percentunit",
      queries: plan.services.map((service) => ({
        expr: `avg(${used} and on (pod) ${podsOf(service, plan)}) / ${quantity(service.resources.requests[kind])}`,
        legend: service.name,
      })),
    };
  }
}

function replicas(service: ServicePlan, plan: Plan): Panel {
  const { name, replicas } = service;
  const { min, max } = replicas;
  return {
    title: `Replicas of ${name}`,
    description: "Pods that there are, beside the bounds of the autoscaler.",
    unit: "short",
    queries: [
      { expr: `count(${podsOf(service, plan)})`, legend: "pods" },
      { expr: `vector(${min})`, legend: "fewest" },
      { expr: `vector(${max})`, legend: "most" },
    ],
  };
}
