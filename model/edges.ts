import type { ExtraPlan } from "./extras";
import { migrationOf } from "./names";
import { type Edge, type JobPlan, listens, type Plan, type ServicePlan, type WorkloadPlan } from "./plan";
import { workloads } from "./workloads";

/** What {@link edgesOf} has to know of a plan. */
interface EdgeArgs {
  services: readonly ServicePlan[];
  jobs: readonly JobPlan[];
  extras: readonly ExtraPlan[];
  /** Nodes of RabbitMQ; those of a cluster talk to each other. */
  queueReplicas: number;
  /** Whether the platform has an nginx of its own. */
  standalone: boolean;
  /** Whether it has a Grafana of its own. */
  grafana: boolean;
}

/** The `app` label of every workload that the plan has pods of. */
export function workloadsOf(plan: Plan): string[] {
  const { frontDoor, postgres, redis, rabbitmq, grafana } = plan;
  return [
    ...callersOf(plan).map(({ app }) => app),
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

/** What is known of whatever runs out of the catalog: a workload of one's own has no login and no identity of its own. */
type Caller = Pick<WorkloadPlan, "calls" | "extras" | "usesCache" | "usesQueue" | "externals"> &
  Partial<Pick<WorkloadPlan, "logins" | "cloudMetadata">>;

/** Everything out of the catalog that runs, by its `app` label: a migration talks to whatever its service does. */
export function callersOf({ services, jobs, extras }: Pick<EdgeArgs, "services" | "jobs" | "extras">): {
  app: string;
  workload: Caller;
}[] {
  const migrated = services.filter(({ migration }) => migration);
  return [
    ...services.map((workload) => ({ app: workload.name, workload })),
    ...migrated.map((workload) => ({ app: migrationOf(workload.name), workload })),
    ...[...jobs, ...extras].map((workload) => ({ app: workload.name, workload })),
  ];
}

/** The one with that `app` label. @returns nothing where it is a workload of the platform's own */
export const callerOf = (app: string, plan: Plan): Caller | undefined =>
  callersOf(plan).find((caller) => caller.app === app)?.workload;

/**
 * Every connection that the platform needs: the `uses` of the catalog, the way in, and the scraping. Whatever is
 * not in it is refused by the network policies and by the mesh. Pure.
 */
export function edgesOf(args: EdgeArgs): Edge[] {
  const { services, queueReplicas, standalone, grafana } = args;
  const portsOf = new Map(services.map(({ name, ports }) => [name, ports]));
  const { nginx, postgres, postgresLogin, redis, rabbitmq, prometheus, alertmanager } = workloads;
  const { postgresExporter, redisExporter } = workloads;
  const callers = callersOf(args);
  const usesPostgres = callers.some(({ workload: { logins = [] } }) => logins.length > 0);
  const usesRedis = callers.some(({ workload }) => workload.usesCache);
  const usesRabbitmq = callers.some(({ workload }) => workload.usesQueue);

  const declared = callers.flatMap(({ app: from, workload }): Edge[] => [
    ...workload.calls.flatMap((to) => (portsOf.get(to) ?? []).map(({ port }) => ({ from, to, port }))),
    ...when(workload.logins?.length, { from, to: postgres.app, port: postgres.port }),
    ...when(workload.usesCache, { from, to: redis.app, port: redis.port }),
    ...when(workload.usesQueue, { from, to: rabbitmq.app, port: rabbitmq.port }),
    ...workload.extras.map(({ name: to, port }) => ({ from, to, port })),
  ]);
  const wayIn = services
    .filter(listens)
    .flatMap(({ name, port, routes }) =>
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
    ...services.flatMap(({ name: to, ...service }) => readPorts(service).map((port) => ({ to, port }))),
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

/** The ports of a service that Prometheus asks: for its metrics and for its health page. */
function readPorts({ metrics, health, port }: Pick<ServicePlan, "metrics" | "health" | "port">): number[] {
  const ports = [metrics?.port, health && port].filter((one) => typeof one === "number");
  return [...new Set(ports)];
}

const when = <T>(condition: unknown, value: T): T[] => (condition ? [value] : []);
