import type { LoginPlan } from "../logins";
import { quantity } from "../quantity";
import type { Check } from "./check";

/** The autoscaler's bounds make sense and stay within the limit. */
export const replicasInRange: Check = ({ services, replicaLimit }) =>
  services.flatMap(({ name, replicas: { min, max } }) => {
    const at = `services.${name}.replicas`;
    const remedy = "lower it";
    if (max > replicaLimit) {
      const problem = `max ${max} is over the limit of ${replicaLimit}`;
      return [{ at, problem, remedy: "lower it, or raise platform:defaults.replicaLimit" }];
    }
    return min > max ? [{ at, problem: `min ${min} is over max ${max}`, remedy }] : [];
  });

/** What a container is promised, it may use. */
export const limitsCoverRequests: Check = ({
  services,
  jobs,
  extras,
  postgres,
  redis,
  rabbitmq,
  prometheus,
  alertmanager,
}) => {
  const stores = Object.entries({ postgres, redis, rabbitmq, prometheus, alertmanager }).flatMap(
    ([name, store]) => (store ? [{ at: `platform:${name}.resources`, ...store.resources }] : []),
  );
  const all = [
    ...stores,
    ...[...services, ...jobs].map(({ name, resources }) => ({
      at: `services.${name}.resources`,
      ...resources,
    })),
    ...services.flatMap(({ name, containers }) =>
      containers.map((extra) => ({ at: `services.${name}.containers.${extra.name}`, ...extra.resources })),
    ),
    ...extras.map(({ name, resources }) => ({ at: `extras.${name}.resources`, ...resources })),
  ];
  return all.flatMap(({ at, requests, limits }) =>
    (["cpu", "memory"] as const)
      .filter((kind) => quantity(limits[kind]) < quantity(requests[kind]))
      .map((kind) => ({
        at,
        problem: `the ${kind} limit ${limits[kind]} is below the request ${requests[kind]}`,
        remedy: "raise the limit or lower the request",
      })),
  );
};

/** Connections for people, backups, scraping, and the Jobs that make logins. */
const SPARE_CONNECTIONS = 20;

const poolOf = (logins: readonly LoginPlan[]) => logins.reduce((sum, { pool }) => sum + pool, 0);

/** At their largest, with a release beside them and one pod more during a rolling update, the services get their connections. */
export const connectionsFit: Check = ({ services, jobs, postgres }) => {
  if (!postgres) return [];
  const ofServices = services.map(
    ({ replicas, release, migration, logins }) =>
      ((release ? 2 : 1) * (replicas.max + 1) + (migration ? 1 : 0)) * poolOf(logins),
  );
  const ofJobs = jobs.map(({ logins }) => poolOf(logins));
  const needed = [...ofServices, ...ofJobs].reduce((sum, one) => sum + one, SPARE_CONNECTIONS);
  return needed > postgres.maxConnections
    ? [
        {
          at: "platform:postgres.maxConnections",
          problem: `${postgres.maxConnections} is less than the ${needed} connections of all services at their largest`,
          remedy: `write ${needed} or more, or lower the replicas or the pools of services with a database`,
        },
      ]
    : [];
};
