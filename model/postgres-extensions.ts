/**
 * Extensions that a database can have: those of PostgreSQL's own distribution that it marks as trusted, which means that
 * an application with one can do no more to the server than one without (PostgreSQL 15's documentation, appendix F).
 */
export const POSTGRES_EXTENSIONS = [
  "btree_gin",
  "btree_gist",
  "citext",
  "cube",
  "dict_int",
  "fuzzystrmatch",
  "hstore",
  "intarray",
  "isn",
  "lo",
  "ltree",
  "pgcrypto",
  "pg_trgm",
  "seg",
  "tablefunc",
  "tcn",
  "tsm_system_rows",
  "tsm_system_time",
  "unaccent",
  "uuid-ossp",
] as const;

export type PostgresExtension = (typeof POSTGRES_EXTENSIONS)[number];
