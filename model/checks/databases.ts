import type { LoginPlan } from "../logins";
import type { Plan } from "../plan";
import type { Problem } from "../problems";
import { variablePart } from "../variables";
import type { Check } from "./check";

/** Databases that every server has; what is in them, and who may enter, is the server's own business. */
const OF_THE_SERVER = ["postgres", "template0", "template1"];
/** As Postgres takes it: a name ends after 63 bytes, and the role that owns the tables is `<name>_owner`. */
const DATABASE_NAME = /^[a-z][a-z0-9_-]{0,56}$/;

const loginsIn = ({ services }: Plan): { service: string; login: LoginPlan }[] =>
  services.flatMap(({ name, logins }) => logins.map((login) => ({ service: name, login })));

/** A database is one that the platform can make. */
export const databaseNames: Check = (plan) =>
  loginsIn(plan).flatMap(({ service, login: { database } }): Problem[] => {
    const at = `services.${service}.uses`;
    if (OF_THE_SERVER.includes(database)) {
      const problem = `the database "${database}" is the server's own`;
      return [{ at, problem, remedy: "give it the name of what is in it" }];
    }
    if (DATABASE_NAME.test(database)) return [];
    const problem = `"${database}" is no name of a database`;
    return [{ at, problem, remedy: "write at most 57 lower-case letters, digits, - and _, a letter first" }];
  });

/** Each login has a role, a Secret and a Job of its own, and none is one of the platform's. */
export const distinctLogins: Check = (plan) => {
  const owners = new Map<string, string>([
    ...["postgres", "platform_metrics"].map((role) => [role, "the platform"] as const),
    ...["postgres-admin", "postgres-metrics", "postgres-tls"].map((name) => [name, "the platform"] as const),
    ...plan.databases.map(({ name }) => [`${name}_owner`, `the tables of ${name}`] as const),
  ]);
  return loginsIn(plan).flatMap(({ service, login: { name, username, database } }): Problem[] => {
    const at = `services.${service}.uses`;
    // Postgres keeps names that begin so for roles of its own.
    if (username.startsWith("pg_")) owners.set(username, "Postgres itself");
    const taken = [username, name].find((one) => owners.has(one));
    const owner = taken && owners.get(taken);
    for (const one of [username, name]) owners.set(one, `${service}'s ${database}`);
    if (taken !== undefined) {
      const problem = `its login to ${database} would be ${taken}, which is that of ${owner}`;
      return [{ at, problem, remedy: "rename the service or the database" }];
    }
    // The name of a Job is a label of its pods.
    if (name.length <= 63) return [];
    const problem = `${name}, its login to ${database}, is longer than the 63 characters that Kubernetes takes`;
    return [{ at, problem, remedy: "shorten the name of the service or of the database" }];
  });
};

/** Each database of a service arrives in a variable of its own, which no other edge gives a value. */
export const distinctDatabaseVariables: Check = ({ services }) =>
  services.flatMap(({ name, logins, calls }) => {
    const taken = new Set(calls.map((callee) => variablePart(callee)));
    return logins.flatMap(({ variables, database }) =>
      variables.flatMap((variable): Problem[] => {
        if (!taken.has(variable)) {
          taken.add(variable);
          return [];
        }
        const problem = `${variable}_URL, the address of ${database}, is that of another edge as well`;
        return [
          {
            at: `services.${name}.uses`,
            problem,
            remedy: "name each database once, and otherwise than a service",
          },
        ];
      }),
    );
  });

/** Whoever only reads, reads what another service has written. */
export const readDatabasesHaveOwners: Check = (plan) => {
  const logins = loginsIn(plan);
  const owned = new Set(
    logins.filter(({ login }) => login.access === "owner").map(({ login }) => login.database),
  );
  return logins
    .filter(({ login }) => login.access === "read" && !owned.has(login.database))
    .map(({ service, login: { database } }) => ({
      at: `services.${service}.uses`,
      problem: `it reads the database "${database}", which no service owns`,
      remedy: `let one service have database("${database}") without access`,
    }));
};
