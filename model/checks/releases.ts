import type { Check } from "./check";

/** A canary shares the database with the version in use: both have to be able to work with it. */
export const canarySharesSchema: Check = ({ services }) =>
  services.flatMap(({ name, version, release }) =>
    release?.strategy === "canary" && release.schema === "incompatible"
      ? [
          {
            at: `platform:services.${name}.release`,
            problem: `a canary serves beside ${version}, which cannot work with the database that ${release.version} leaves`,
            remedy: "set its strategy to blue-green, or its schema to compatible",
          },
        ]
      : [],
  );
