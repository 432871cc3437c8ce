import type { Plan, ServicePlan } from "../../../model/plan";
import { quantity } from "../../../model/quantity";
import { podsOf, queriesOf } from "../queries";
import type { Dashboard, Panel } from "./panel";

const HOURS_A_MONTH = 730;
const GIBIBYTE = 2 ** 30;

/**
 * What does it cost? (docs/requirements.md, O11.) Nodes are paid for what pods request, so that is what
 * is shown, beside what they use of it; as money where the stack has prices.
 */
export function cost(plan: Plan): Dashboard {
  const { cpu, container } = queriesOf(plan);
  const memory = container((selector) => `container_memory_working_set_bytes${selector}`);
  const { services, prices } = plan;
  const pods = (service: ServicePlan) => `count(${podsOf(service, plan)})`;
  const requested = (kind: "cpu" | "memory") =>
    services.map((service) => ({
      expr: `${pods(service)} * ${quantity(service.resources.requests[kind])}`,
      legend: service.name,
    }));
  const unused = (used: string, kind: "cpu" | "memory") =>
    services.map((service) => ({
      expr: `${pods(service)} * ${quantity(service.resources.requests[kind])} - sum(${used} and on (pod) ${podsOf(service, plan)})`,
      legend: service.name,
    }));

  return {
    uid: "cost",
    title: "Cost",
    panels: [
      {
        title: "Requested cpu",
        description: "Cores that the pods of each service have reserved.",
        unit: "cores",
        queries: requested("cpu"),
      },
      {
        title: "Requested memory",
        description: "Memory that the pods of each service have reserved.",
        unit: "bytes",
        queries: requested("memory"),
      },
      {
        title: "Cpu reserved for nothing",
        description: "Requested, and not used: the first place to save.",
        unit: "cores",
        queries: unused(cpu("1h"), "cpu"),
      },
      {
        title: "Memory reserved for nothing",
        description: "Requested, and not used: the first place to save.",
        unit: "bytes",
        queries: unused(memory, "memory"),
      },
      ...(prices ? [money(prices)] : []),
    ],
  };

  function money({ cpuHour, memoryGiBHour }: NonNullable<Plan["prices"]>): Panel {
    const monthly = ({ resources: { requests } }: ServicePlan) =>
      HOURS_A_MONTH *
      (quantity(requests.cpu) * cpuHour + (quantity(requests.memory) / GIBIBYTE) * memoryGiBHour);
    return {
      title: "Cost of a month",
      description: "What each service costs if it goes on as it is now, at the stack's prices.",
      unit: "currencyUSD",
      queries: services.map((service) => ({
        expr: `${pods(service)} * ${monthly(service).toFixed(4)}`,
        legend: service.name,
      })),
    };
  }
}
