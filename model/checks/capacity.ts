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
    ...extras.map(({ name, resources }) => ({ at: `extras.${name}.resources`, ...resources })),
    ...services.flatMap(({ name, resources, containers }) => [
      { at: `services.${name}.resources`, ...resources },
      ...containers.map((extra) => ({ at: `services.${name}.containers.${extra.name}`, ...extra.resources })),
    ]),
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

/** At their largest, with a release beside them and one pod more during a rolling update, the services get their connections. */
export const connectionsFit: Check = ({ services, postgres }) => {
  if (!postgres) return [];
  const wanted = services.reduce(
    (sum, { replicas, release, logins }) =>
      sum + (release ? 2 : 1) * (replicas.max + 1) * logins.reduce((pools, { pool }) => pools + pool, 0),
    SPARE_CONNECTIONS,
  );
  return wanted > postgres.maxConnections
    ? [
        {
          at: "platform:postgres.maxConnections",
          problem: `${postgres.maxConnections} is less than the ${wanted} connections of all services at their largest`,
          remedy: `write ${wanted} or more, or lower the replicas or the pools of services with a database`,
        },
      ]
    : [];
};
