import { isIP } from "node:net";
import type { ServicePlan } from "../plan";
import type { Check } from "./check";

/** An edge leads to a service of the same catalog. The compiler says so too, where the catalog is typed. */
export const knownServices: Check = ({ services }) => {
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

/** Dependencies must not form a cycle (docs/requirements.md, O12). */
export const noCycles: Check = ({ services }) =>
  cyclesOf(services).map((cycle) => ({
    at: `services.${cycle[0]}.uses`,
    problem: `circular dependency: ${[...cycle, cycle[0]].join(" → ")}`,
    remedy: "let one of them talk to the other through the queue",
  }));

/** The Docker stack and the network policies tell services apart by port. */
export const distinctPorts: Check = ({ services }) =>
  clashes(services, ({ port }) => [String(port)]).map(([port, first, second]) => ({
    at: `services.${second}.port`,
    problem: `${port} is already the port of ${first}`,
    remedy: "give each service a port of its own",
  }));

/** A request has one place to go. */
export const distinctRoutes: Check = ({ services }) =>
  clashes(services, ({ routes }) => routes.map(({ path }) => path)).map(([path, first, second]) => ({
    at: `services.${second}.routes`,
    problem: `${path} already leads to ${first}`,
    remedy: "route each path to one service",
  }));

/** The mesh knows what is outside the cluster by its name; an address has none. */
export const externalHostsAreNames: Check = ({ services, extras }) =>
  [
    ...services.map(({ name, externals }) => ({ at: `services.${name}.uses`, externals })),
    ...extras.map(({ name, externals }) => ({ at: `extras.${name}.uses`, externals })),
  ].flatMap(({ at, externals }) =>
    externals
      .filter(({ host }) => !HOST_NAME.test(host) || isIP(host) > 0)
      .map(({ host }) => ({
        at,
        problem: `"${host}" is not a host name`,
        remedy: 'name a host, or the plain setting that holds one: external("api.example.com")',
      })),
  );

const HOST_NAME = /^([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z0-9-]+$/;

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
