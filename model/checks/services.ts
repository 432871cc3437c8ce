import { isIP } from "node:net";
import type { Plan, ServicePlan, WorkloadPlan } from "../plan";
import type { Check } from "./check";

/** An edge leads to a service of the same catalog. The compiler says so too, where the catalog is typed. */
export const knownServices: Check = (plan) => {
  const workloads = workloadsIn(plan);
  const names = workloads.map(({ name }) => name);
  return workloads.flatMap(({ name, calls }) =>
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

/** The mesh knows what is outside the cluster by its name; an address has none. */
export const externalHostsAreNames: Check = ({ services, jobs, extras }) =>
  [
    ...[...services, ...jobs].map(({ name, externals }) => ({ at: `services.${name}.uses`, externals })),
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

const workloadsIn = ({ services, jobs }: Plan): WorkloadPlan[] => [...services, ...jobs];

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
