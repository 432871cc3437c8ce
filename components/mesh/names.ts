import { headlessOf } from "../../model/names";
import { listens, type Plan } from "../../model/plan";
import { workloads } from "../../model/workloads";

const { rabbitmq } = workloads;

/**
 * Names of a workload's headless Services, which lead to its single pods: those of the catalog's `discovery`, and those
 * RabbitMQ's nodes call each other by.
 * @param app name of a service, or of another workload
 */
export function podNamesOf(app: string, { services, discovery }: Plan): string[] {
  if (app === rabbitmq.app) return [rabbitmq.nodes];
  return discovery.headless && services.filter(listens).some(({ name }) => name === app)
    ? [headlessOf(app)]
    : [];
}
