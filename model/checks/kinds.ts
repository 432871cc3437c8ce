import { Cron } from "croner";
import { migrationOf } from "../edges";
import type { Problem } from "../problems";
import type { Check } from "./check";

/** A Kubernetes port's name (IANA, RFC 6335, 5.1), with the protocol in front. */
const PORT_NAME = /^(?=.{1,15}$)(http|grpc|tcp)-[a-z0-9]+(-[a-z0-9]+)*$/;

/** Names of one that the platform gives itself. */
const TAKEN = ["http-api", "http-metrics"];

/** Where the API server ends a cron job's name: the Job of a run has eleven characters more. */
const CRON_JOB_NAME = 52;

/** One service's ports have a name and a number each; another service may have the same. */
export const portsFit: Check = ({ services }) =>
  services.flatMap(({ name, kind, ports, metrics }) => {
    const at = `services.${name}.ports`;
    const numbers = ports.map(({ port }) => port);
    const names = ports.map(({ name }) => name);
    return [
      ...names
        .filter((port) => port !== kind && (!PORT_NAME.test(port) || TAKEN.includes(port)))
        .map((port) => ({
          at,
          problem: `"${port}" cannot be the name of a port`,
          remedy: `begin with http-, grpc- or tcp-, write lower-case letters, digits and hyphens, 15 characters at most, and not ${TAKEN.join(" or ")}`,
        })),
      ...[...repeated(names), ...repeated(numbers)].map((one) => ({
        at,
        problem: `${one} is there twice`,
        remedy: "give each port of a service a name and a number of its own",
      })),
      ...[...new Set([...numbers, ...(metrics ? [metrics.port] : [])])]
        .filter((port) => !Number.isInteger(port) || port < 1 || port > 65535)
        .map((port) => ({
          at,
          problem: `${port} is no port`,
          remedy: "write a whole number from 1 to 65535",
        })),
    ];
  });

/** A request needs a port to go to. The compiler says so too, where the catalog is typed. */
export const routesNeedAPort: Check = ({ services }) =>
  services
    .filter(({ port, routes }) => port === undefined && routes.length > 0)
    .map(({ name, kind }) => ({
      at: `services.${name}.routes`,
      problem: `a ${kind} has no port that requests could go to`,
      remedy: "remove them, or make it an HTTP service with a port",
    }));

/** An edge leads to a port. */
export const calleesListen: Check = (plan) => {
  const portless = new Set([
    ...plan.services.filter(({ ports }) => ports.length === 0).map(({ name }) => name),
    ...plan.jobs.map(({ name }) => name),
  ]);
  return [...plan.services, ...plan.jobs].flatMap(({ name, calls }) =>
    calls
      .filter((callee) => portless.has(callee))
      .map((callee) => ({
        at: `services.${name}.uses`,
        problem: `${callee} has no port that could be called`,
        remedy: "talk to it through the queue, or give it a port",
      })),
  );
};

/** A command that is there says what to run. */
export const commandsPresent: Check = ({ services, jobs }) => {
  const commands = [
    ...[...services, ...jobs].map(({ name, command }) => ({ at: `services.${name}.command`, command })),
    ...services.map(({ name, migration }) => ({
      at: `services.${name}.migration.command`,
      command: migration?.command,
    })),
    ...services.flatMap(({ name, probes }) =>
      Object.entries(probes).map(([kind, { exec }]) => ({
        at: `services.${name}.probes.${kind}`,
        command: exec,
      })),
    ),
  ];
  return commands
    .filter(({ command }) => command && !command[0])
    .map(({ at }) => ({
      at,
      problem: "the command is empty",
      remedy: 'name the program and its arguments: ["python", "-m", "report"], or leave it out',
    }));
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
      ...(name.length > CRON_JOB_NAME
        ? [
            {
              at: `services.${name}`,
              problem: `the name of a cron job has ${name.length} characters, over the limit of ${CRON_JOB_NAME}`,
              remedy: "shorten it",
            },
          ]
        : []),
    ];
  });

/** A migration runs under a name of its own. */
export const migrationNamesAreFree: Check = ({ services, jobs }) => {
  const names = new Set([...services, ...jobs].map(({ name }) => name));
  return services
    .filter(({ name, migration }) => migration && names.has(migrationOf(name)))
    .map(({ name }) => ({
      at: `services.${migrationOf(name)}`,
      problem: `is the name of the migrations of ${name}`,
      remedy: "give it another name",
    }));
};

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

/** What lasts as long as a run does. */
export const deadlinesArePositive: Check = ({ services, jobs }) =>
  [
    ...jobs.map(({ name, deadline }) => ({ at: `services.${name}.deadline`, deadline })),
    ...services.flatMap(({ name, migration }) =>
      migration ? [{ at: `services.${name}.migration.deadline`, deadline: migration.deadline }] : [],
    ),
  ]
    .filter(({ deadline }) => !Number.isInteger(deadline) || deadline < 1)
    .map(({ at, deadline }) => ({
      at,
      problem: `${deadline} is no number of seconds`,
      remedy: "write a whole number from 1 on",
    }));

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
