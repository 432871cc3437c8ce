import type { DatabaseUse, Use } from "./catalog";
import { loginOf, roleOf } from "./names";
import { variablePart } from "./variable-part";

/** One service's login to one database. */
export interface LoginPlan {
  database: string;
  /** Name of its Secret and of the Job that makes it. */
  name: string;
  /** The role in Postgres. */
  username: string;
  /** Whether it owns what is in the database, or only reads it. */
  access: "owner" | "read";
  /** Connections that one replica opens at most. */
  pool: number;
  /** What the database has to have before the service starts. */
  extensions: readonly string[];
  /** Beginnings of the variables that its URL and its pool arrive in: `DATABASE` is `DATABASE_URL`. */
  variables: readonly string[];
}

/**
 * The logins of a service, one a database. The first is named after the service alone, as is one that has no other: a
 * second database leaves the first one's password as it is. Pure.
 */
export function loginsOf(service: string, uses: readonly Use[]): LoginPlan[] {
  const databases = uses.filter((use): use is DatabaseUse => use.kind === "database");
  return databases.map(({ database, pool, access, extensions = [] }, index): LoginPlan => {
    const own = index === 0 ? service : `${service}-${database}`;
    const named = `${variablePart(database)}_DATABASE`;
    return {
      database,
      name: loginOf(asObjectName(own)),
      username: roleOf(own),
      access: access ?? "owner",
      pool,
      extensions,
      variables: [...(index === 0 ? ["DATABASE"] : []), ...(databases.length > 1 ? [named] : [])],
    };
  });
}

/** Kubernetes takes fewer names than Postgres does. */
const asObjectName = (name: string) => name.toLowerCase().replaceAll("_", "-").replace(/-+$/, "");
