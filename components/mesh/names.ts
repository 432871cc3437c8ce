import type { Plan } from "../plan";
import { workloads } from "../workloads";

const { rabbitmq } = workloads;

/**
 * Names of a workload's headless Services, which lead to its single pods: those of the catalog's `discovery`, those
 * nginx chooses among, and those RabbitMQ's nodes call each other by.
 * @param app name of a service, or of another workload
 */
export function podNamesOf(app: string, { services, discovery, frontDoor }: Plan): string[] {
  if (app === rabbitmq.app) return [rabbitmq.nodes];
  const service = services.find(({ name }) => name === app);
  if (!service) return [];
  return [
    ...(discovery.headless ? [`${app}-headless`] : []),
    ...(frontDoor.kind === "standalone" && service.routes.length > 0 ? [`${app}-pods`] : []),
  ];
}
