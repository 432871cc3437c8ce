import type { LoginPlan } from "../logins";
import type { Plan } from "../plan";
import type { Check } from "./check";

/** Every login of the plan, with the service or the job that has it. */
export const loginsIn = ({ services, jobs }: Plan): { service: string; login: LoginPlan }[] =>
  [...services, ...jobs].flatMap(({ name, logins }) => logins.map((login) => ({ service: name, login })));

/** Two logins of one service to one database would have one name. */
export const databasesOnce: Check = ({ services, jobs }) =>
  [...services, ...jobs].flatMap(({ name, logins }) => {
    const names = logins.map(({ database }) => database);
    return [...new Set(names.filter((database, index) => names.indexOf(database) < index))].map(
      (database) => ({
        at: `services.${name}.uses`,
        problem: `the database ${database} is there twice`,
        remedy: "name each database once",
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
