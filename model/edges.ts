import type { ExtraPlan } from "./extras";
import type { Edge, Plan, ServicePlan } from "./plan";
import { workloads } from "./workloads";

/** What {@link edgesOf} has to know of a plan. */
interface EdgeArgs {
  services: readonly ServicePlan[];
  extras: readonly ExtraPlan[];
  /** Nodes of RabbitMQ; those of a cluster talk to each other. */
  queueReplicas: number;
  /** Whether the platform has an nginx of its own. */
  standalone: boolean;
  /** Whether it has a Grafana of its own. */
  grafana: boolean;
}

/** The `app` label of every workload that the plan has pods of. */
export function workloadsOf({
  services,
  extras,
  frontDoor,
  postgres,
  redis,
  rabbitmq,
  grafana,
}: Plan): string[] {
  return [
    ...[...services, ...extras].map(({ name }) => name),
    ...(frontDoor.kind === "standalone" ? [workloads.nginx.app] : []),
    ...(postgres
      ? [workloads.postgres.app, workloads.postgresLogin.app, workloads.postgresExporter.app]
      : []),
    ...(redis ? [workloads.redis.app, workloads.redisExporter.app] : []),
    ...(rabbitmq ? [workloads.rabbitmq.app] : []),
    workloads.prometheus.app,
    workloads.alertmanager.app,
    ...(grafana.enabled ? [workloads.grafana.app] : []),
  ];
}

/**
 * Every connection that the platform needs: the `uses` of the catalog, the way in, and the scraping. Whatever is
 * not in it is refused by the network policies and by the mesh. Pure.
 */
export function edgesOf({ services, extras, queueReplicas, standalone, grafana }: EdgeArgs): Edge[] {
  const portOf = new Map(services.map(({ name, port }) => [name, port]));
  const { nginx, postgres, postgresLogin, redis, rabbitmq, prometheus, alertmanager } = workloads;
  const { postgresExporter, redisExporter } = workloads;
  const usesPostgres = services.some(({ logins }) => logins.length > 0);
  const clients = [...services, ...extras];
  const usesRedis = clients.some(({ usesCache }) => usesCache);
  const usesRabbitmq = clients.some(({ usesQueue }) => usesQueue);

  const declared = clients.flatMap((client): Edge[] => [
    ...client.calls.flatMap((to) => {
      const port = portOf.get(to);
      return port === undefined ? [] : [{ from: client.name, to, port }];
    }),
    ...when("logins" in client && client.logins.length > 0, {
      from: client.name,
      to: postgres.app,
      port: postgres.port,
    }),
    ...when(client.usesCache, { from: client.name, to: redis.app, port: redis.port }),
    ...when(client.usesQueue, { from: client.name, to: rabbitmq.app, port: rabbitmq.port }),
    ...client.extras.map(({ name, port }) => ({ from: client.name, to: name, port })),
  ]);
  const wayIn = services.flatMap(({ name, port, routes }) =>
    when(standalone && routes.length > 0, { from: nginx.app, to: name, port }),
  );
  const stores = [
    ...when(usesPostgres, { from: postgresLogin.app, to: postgres.app, port: postgres.port }),
    ...when(usesPostgres, { from: postgresExporter.app, to: postgres.app, port: postgres.port }),
    ...when(usesRedis, { from: redisExporter.app, to: redis.app, port: redis.port }),
    ...rabbitmq.peers.flatMap((port) =>
      when(usesRabbitmq && queueReplicas > 1, { from: rabbitmq.app, to: rabbitmq.app, port }),
    ),
  ];
  const scraped = [
    ...services.map(({ name, port }) => ({ to: name, port })),
    ...when(standalone, { to: nginx.app, port: nginx.metrics }),
    ...when(usesPostgres, { to: postgresExporter.app, port: postgresExporter.metrics }),
    ...when(usesRedis, { to: redisExporter.app, port: redisExporter.metrics }),
    ...when(usesRabbitmq, { to: rabbitmq.app, port: rabbitmq.metrics }),
    // Where it hands over its alerts, too.
    { to: alertmanager.app, port: alertmanager.port },
  ].map((target) => ({ from: prometheus.app, ...target }));
  const shown = when(grafana, { from: workloads.grafana.app, to: prometheus.app, port: prometheus.port });
  return [...declared, ...wayIn, ...stores, ...scraped, ...shown];
}

const when = <T>(condition: unknown, value: T): T[] => (condition ? [value] : []);
