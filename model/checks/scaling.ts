import { isPersistent } from "../plan";
import type { Check } from "./check";

/** Without an autoscaler nothing goes from one bound to the other. */
export const fixedReplicas: Check = ({ services }) =>
  services
    .filter((service) => !service.autoscaler && !isPersistent(service))
    .filter(({ replicas: { min, max } }) => min !== max)
    .map(({ name, replicas: { min, max } }) => ({
      at: `platform:services.${name}.replicas`,
      problem: `min ${min} and max ${max} differ, and the service has no autoscaler`,
      remedy: "leave max out, or remove `autoscaler` from its entry",
    }));

/** An autoscaler goes by something. */
export const scaledBySomething: Check = ({ services }) =>
  services
    .filter(({ autoscaler: by }) => by && !by.cpu && !by.memory && by.metrics.length === 0)
    .map(({ name }) => ({
      at: `services.${name}.autoscaler`,
      problem: "cpu and memory are none, and there is no other metric",
      remedy: 'give it a target or a metric, or write autoscaler: "none" in its entry',
    }));
