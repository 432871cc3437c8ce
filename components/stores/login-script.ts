import type { LoginPlan } from "../../model/logins";

/**
 * What psql runs to make a database and one login to it, as the superuser. Idempotent: each step asks first or states the
 * end. Pure.
 */
export function loginScript({ access, extensions }: Pick<LoginPlan, "access" | "extensions">): string {
  const isOwner = access === "owner";
  return [
    ROLES,
    ...(isOwner ? [MEMBER] : []),
    DATABASE,
    ...(isOwner ? [OWNER] : []),
    ...(isOwner && extensions.length === 0 ? [] : [INSIDE]),
    ...(extensions.length > 0 ? [EXTENSIONS] : []),
    ...(isOwner ? [] : [READER]),
  ].join("");
}

/**
 * Tables belong to a role of the database, which every login that owns it acts as, so that two services with logins to
 * one database can use each other's tables.
 */
const ROLES = `
\\getenv database DATABASE
\\getenv login LOGIN
\\getenv password LOGIN_PASSWORD
SELECT :'database' || '_owner' AS owner \\gset
SELECT format('CREATE ROLE %I NOLOGIN', :'owner')
 WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = :'owner') \\gexec
SELECT format('CREATE ROLE %I LOGIN', :'login')
 WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = :'login') \\gexec
ALTER ROLE :"login" PASSWORD :'password';
`;

const MEMBER = `GRANT :"owner" TO :"login";
`;

const DATABASE = `SELECT format('CREATE DATABASE %I OWNER %I', :'database', :'owner')
 WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = :'database') \\gexec
REVOKE ALL ON DATABASE :"database" FROM PUBLIC;
`;

const OWNER = `ALTER ROLE :"login" IN DATABASE :"database" SET role = :'owner';
`;

/** What follows is done in the database itself. */
const INSIDE = `\\connect :"database"
`;

const EXTENSIONS = `\\getenv extensions EXTENSIONS
SELECT format('CREATE EXTENSION IF NOT EXISTS %I', extension)
  FROM unnest(string_to_array(:'extensions', ',')) AS extension \\gexec
`;

/** Tables of today by a grant, those of tomorrow by the owner's defaults. A login that was an owner is one no more. */
const READER = `SELECT format('REVOKE %I FROM %I', :'owner', :'login')
 WHERE pg_has_role(:'login', :'owner', 'MEMBER') \\gexec
ALTER ROLE :"login" IN DATABASE :"database" RESET role;
GRANT CONNECT ON DATABASE :"database" TO :"login";
SELECT format('GRANT USAGE ON SCHEMA %1$I TO %2$I; GRANT SELECT ON ALL TABLES IN SCHEMA %1$I TO %2$I', nspname, :'login')
  FROM pg_namespace WHERE nspname <> 'information_schema' AND nspname NOT LIKE 'pg\\_%' \\gexec
ALTER DEFAULT PRIVILEGES FOR ROLE :"owner" GRANT USAGE ON SCHEMAS TO :"login";
ALTER DEFAULT PRIVILEGES FOR ROLE :"owner" GRANT SELECT ON TABLES TO :"login";
`;
