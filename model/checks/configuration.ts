import type { WorkloadPlan } from "../plan";
import type { Problem } from "../problems";
import type { Check } from "./check";

/** No hard-coded configuration (docs/requirements.md, O12): what a service names, a stack sets. */
export const configurationSet: Check = ({ services, jobs, configuration }) =>
  [...services, ...jobs].flatMap((service) =>
    service.configuration
      .filter((key) => configuration[key] === undefined)
      .map((key) => ({
        at: `services.${service.name}.configuration`,
        problem: `${key} is not set`,
        remedy: `run: pulumi config set --path platform:configuration.${key} …`,
      })),
  );

/** The same of a variable of one entry alone; and no other thing is called like it. */
export const variablesFit: Check = ({ services, jobs }) =>
  [...services, ...jobs].flatMap((workload) => {
    const at = `services.${workload.name}.environment`;
    const others = otherVariables(workload);
    return Object.entries(workload.environment).flatMap(([key, value]): Problem[] => [
      ...(value === undefined
        ? [
            {
              at,
              problem: `${key} is not set`,
              remedy: `run: pulumi config set --path platform:services.${workload.name}.environment.${key} …`,
            },
          ]
        : looksSecret(key, value)
          ? [
              {
                at,
                problem: `${key} looks like a secret, and values of variables can be read by everybody`,
                remedy: "name it under `secrets`",
              },
            ]
          : []),
      ...(VARIABLE.test(key)
        ? []
        : [{ at, problem: `"${key}" is no name of a variable`, remedy: "write letters, digits and _" }]),
      ...(others.includes(key)
        ? [{ at, problem: `${key} comes from elsewhere, too`, remedy: "name it once" }]
        : []),
    ]);
  });

/** Variables that a Secret or the configuration holds. */
function otherVariables({ secrets, configuration, database, usesCache, usesQueue }: WorkloadPlan): string[] {
  return [
    ...secrets,
    ...configuration,
    ...(database ? ["DATABASE_URL"] : []),
    ...(usesCache ? ["REDIS_URL"] : []),
    ...(usesQueue ? ["RABBITMQ_URL"] : []),
  ];
}

/** What every shell takes (POSIX, 8.1). */
const VARIABLE = /^[A-Za-z_]\w*$/;

/** Plain settings land in a ConfigMap that everybody in the namespace may read. */
export const noLiteralSecrets: Check = ({ name, configuration }) =>
  Object.entries(configuration)
    .filter(([key, value]) => value !== undefined && looksSecret(key, value))
    .map(([key]) => ({
      at: `platform:configuration.${key}`,
      problem: "looks like a secret, and plain settings can be read by everybody",
      remedy: `name it under \`secrets\` of its service, and run: pulumi config set --secret ${name}:${key}`,
    }));

const looksSecret = (key: string, value: string) => SECRET_NAME.test(key) || CREDENTIALS.test(value);

const SECRET_NAME = /(^|_)(PASSWORD|PASSWD|SECRET|TOKEN|CREDENTIALS?|(API|ACCESS|PRIVATE|SECRET)_KEY)($|_)/;
/** A URL with a password in it, or a private key. */
const CREDENTIALS = /:\/\/[^/\s:@]*:[^/\s@]+@|-----BEGIN [A-Z ]*PRIVATE KEY/;
