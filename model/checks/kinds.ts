import { Cron } from "croner";
import { istioPorts } from "../istio-ports";
import type { ServicePlan } from "../plan";
import type { Problem } from "../problems";
import type { Check } from "./check";

/** One service's ports have a name and a number each; another service may have the same. */
export const portsDiffer: Check = ({ services }) =>
  services.flatMap(({ name, ports }) => {
    const numbers = ports.map(({ port }) => port);
    const names = ports.map(({ name }) => name);
    return [...repeated(names), ...repeated(numbers)].map((one) => ({
      at: `services.${name}.ports`,
      problem: `${one} is there twice`,
      remedy: "give each port of a service a name and a number of its own",
    }));
  });

/** A sidecar listens in the network of the pod it is in. */
export const portsBesideSidecar: Check = ({ services, mesh }) =>
  mesh.enabled
    ? services.flatMap((service) =>
        placesOf(service)
          .filter(({ port }) => istioPorts.sidecar.some((taken) => taken === port))
          .map(({ at, port }) => ({
            at: `services.${service.name}.${at}`,
            problem: `${port} is a port of Istio's sidecar`,
            remedy: "let the service listen on a port outside 15000 to 15090",
          })),
      )
    : [];

/** Every port that a service listens on, with its place in the catalog. */
function placesOf({ port: own, ports, metrics }: ServicePlan): { at: string; port: number }[] {
  const further = ports.filter(({ port }) => port !== own).map(({ port }) => ({ at: "ports", port }));
  const all = [...(own === undefined ? [] : [{ at: "port", port: own }]), ...further];
  if (!metrics || all.some(({ port }) => port === metrics.port)) return all;
  return [...all, { at: "metrics.port", port: metrics.port }];
}

/** An edge leads to a port. */
export const calleesListen: Check = (plan) => {
  const portless = new Set([
    ...plan.services.filter(({ ports }) => ports.length === 0).map(({ name }) => name),
    ...plan.jobs.map(({ name }) => name),
  ]);
  const callers = [
    ...[...plan.services, ...plan.jobs].map(({ name, calls }) => ({ at: `services.${name}.uses`, calls })),
    ...plan.extras.map(({ name, calls }) => ({ at: `extras.${name}.uses`, calls })),
  ];
  return callers.flatMap(({ at, calls }) =>
    calls
      .filter((callee) => portless.has(callee))
      .map((callee) => ({
        at,
        problem: `${callee} has no port that could be called`,
        remedy: "talk to it through the queue, or give it a port",
      })),
  );
};

/** A schedule as Kubernetes takes it: five fields or a macro, without a time zone of its own. */
export const schedulesParse: Check = ({ jobs }) =>
  jobs.flatMap(({ name, schedule }): Problem[] => {
    if (!schedule) return [];
    const problem = cronProblem(schedule.cron);
    return [
      ...(problem
        ? [
            {
              at: `services.${name}.schedule`,
              problem: `"${schedule.cron}" is no schedule: ${problem}`,
              remedy: "write minute, hour, day, month and weekday: 0 3 * * *",
            },
          ]
        : []),
      ...(isTimeZone(schedule.timeZone)
        ? []
        : [
            {
              at: `services.${name}.timeZone`,
              problem: `"${schedule.timeZone}" is no time zone`,
              remedy: "write a name of the IANA database: Europe/Berlin",
            },
          ]),
    ];
  });

/** What a probe asks is there. */
export const probesHaveAPort: Check = ({ services }) =>
  services.flatMap((service) =>
    Object.entries(service.probes)
      .filter(([, { exec, port }]) => !exec && (port ?? service.port) === undefined)
      .map(([kind]) => ({
        at: `services.${service.name}.probes.${kind}`,
        problem: `a ${service.kind} has no port to ask`,
        remedy: 'name the probe\'s own port, or ask by a command: exec: ["…"]',
      })),
  );

const repeated = <T>(all: readonly T[]): T[] => all.filter((one, index) => all.indexOf(one) < index);

/** Why a schedule is none; nothing if it is one. */
function cronProblem(cron: string): string | undefined {
  // Where Kubernetes' parser (robfig/cron v3) and croner differ: intervals, and last and nearest days.
  if (/^@every (\d+(\.\d+)?(ms|s|m|h))+$/.test(cron)) return undefined;
  if (/[#+]|(^|[\s,])\d*[LW](?=[\s,]|$)/.test(cron)) return "Kubernetes knows no L, W, # and +";
  try {
    new Cron(cron, { mode: "5-part", paused: true });
    return undefined;
  } catch (error) {
    return (error as Error).message.replace(/^CronPattern: /, "");
  }
}

function isTimeZone(timeZone: string): boolean {
  try {
    return new Intl.DateTimeFormat("en", { timeZone }).resolvedOptions().timeZone !== "";
  } catch {
    return false;
  }
}
