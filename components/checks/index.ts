import { quantity } from "./kube/quantity";
import type { Plan, ServicePlan } from "./plan";
import type { Problem } from "./problems";

/** One rule: pure, reports everything that breaks it. */
export type Check = (plan: Plan) => Problem[];

/** The most replicas a service may have (discovery document, Performance Characteristics). */
const MAX_REPLICAS = 10;

/** Every problem of the plan at once; empty when it may be built. */
export const check: Check = (plan) => checks.flatMap((rule) => rule(plan));

const knownServices: Check = ({ services }) => {
  const names = services.map(({ name }) => name);
  return services.flatMap(({ name, calls }) =>
    calls
      .filter((callee) => !names.includes(callee))
      .map((callee) => ({
        at: `services.${name}.uses`,
        problem: `there is no service "${callee}"`,
        remedy: `write one of: ${names.join(", ")}`,
      })),
  );
};

/** Dependencies must not form a cycle (orchestration document, Common Pitfalls 1). */
const noCycles: Check = ({ services }) =>
  cyclesOf(services).map((cycle) => ({
    at: `services.${cycle[0]}.uses`,
    problem: `circular dependency: ${[...cycle, cycle[0]].join(" → ")}`,
    remedy: "let one of them talk to the other through the queue",
  }));

/** The Docker stack and the network policies tell services apart by port. */
const distinctPorts: Check = ({ services }) =>
  clashes(services, ({ port }) => [String(port)]).map(([port, first, second]) => ({
    at: `services.${second}.port`,
    problem: `${port} is already the port of ${first}`,
    remedy: "give each service a port of its own",
  }));

const distinctRoutes: Check = ({ services }) =>
  clashes(services, ({ routes }) => routes.map(({ path }) => path)).map(([path, first, second]) => ({
    at: `services.${second}.routes`,
    problem: `${path} already leads to ${first}`,
    remedy: "route each path to one service",
  }));

const replicasInRange: Check = ({ services }) =>
  services.flatMap(({ name, scale: { min, max } }) => {
    const at = `services.${name}.scale`;
    const remedy = "lower it";
    if (max > MAX_REPLICAS)
      return [{ at, problem: `max ${max} is over the limit of ${MAX_REPLICAS}`, remedy }];
    return min > max ? [{ at, problem: `min ${min} is over max ${max}`, remedy }] : [];
  });

const limitsCoverRequests: Check = ({ services, postgres, redis, rabbitmq }) => {
  const stores = Object.entries({ postgres, redis, rabbitmq }).flatMap(([name, store]) =>
    store ? [{ at: `platform:${name}.resources`, ...store.resources }] : [],
  );
  const all = [
    ...stores,
    ...services.map(({ name, resources }) => ({ at: `services.${name}.resources`, ...resources })),
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

/** No hard-coded configuration (orchestration document, Common Pitfalls 4): what a service names, a stack sets. */
const configurationSet: Check = ({ services, configuration }) =>
  services.flatMap((service) =>
    service.configuration
      .filter((key) => configuration[key] === undefined)
      .map((key) => ({
        at: `services.${service.name}.configuration`,
        problem: `${key} is not set`,
        remedy: `run: pulumi config set --path platform:configuration.${key} …`,
      })),
  );

const nodePortsFitType: Check = ({ frontDoor: { type, nodePorts } }) =>
  nodePorts && type !== "NodePort"
    ? [
        {
          at: "platform:frontDoor.nodePorts",
          problem: `type is ${type}`,
          remedy: "set type to NodePort or remove them",
        },
      ]
    : [];

const checks: Check[] = [
  knownServices,
  noCycles,
  distinctPorts,
  distinctRoutes,
  replicasInRange,
  limitsCoverRequests,
  configurationSet,
  nodePortsFitType,
];

/** Pairs of services that claim the same thing, as [thing, first, second]. */
function clashes(
  services: ServicePlan[],
  claims: (service: ServicePlan) => string[],
): [string, string, string][] {
  const owner = new Map<string, string>();
  return services.flatMap((service) =>
    claims(service).flatMap((thing): [string, string, string][] => {
      const first = owner.get(thing);
      if (first !== undefined) return [[thing, first, service.name]];
      owner.set(thing, service.name);
      return [];
    }),
  );
}

/** Each cycle of calls once, from the member that comes first in the catalog. */
function cyclesOf(services: ServicePlan[]): string[][] {
  const calls = new Map(services.map((service) => [service.name, service.calls]));
  const cycles: string[][] = [];
  const done = new Set<string>();
  const visit = (name: string, trail: string[]) => {
    const start = trail.indexOf(name);
    if (start >= 0) cycles.push(trail.slice(start));
    if (start >= 0 || done.has(name)) return;
    for (const callee of calls.get(name) ?? []) visit(callee, [...trail, name]);
    done.add(name);
  };
  for (const { name } of services) visit(name, []);
  return cycles;
}
