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

/** The same of a variable of one entry alone, whose value everybody may read as well. */
export const environmentSet: Check = ({ services, jobs }) =>
  [...services, ...jobs].flatMap(({ name, environment }) => {
    const at = `services.${name}.environment`;
    return Object.entries(environment).flatMap(([key, value]): Problem[] => {
      if (value === undefined) {
        const remedy = `run: pulumi config set --path platform:services.${name}.environment.${key} …`;
        return [{ at, problem: `${key} is not set`, remedy }];
      }
      if (!looksSecret(key, value)) return [];
      return [
        {
          at,
          problem: `${key} looks like a secret, and values of variables can be read by everybody`,
          remedy: "name it under `secrets`",
        },
      ];
    });
  });

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
export const CREDENTIALS = /:\/\/[^/\s:@]*:[^/\s@]+@|-----BEGIN [A-Z ]*PRIVATE KEY/;
