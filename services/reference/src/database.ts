import type { FastifyBaseLogger } from "fastify";
import pg from "pg";
import { type Dependency, DependencyUnavailable } from "./dependency";
import { InvalidInput } from "./storable";

/**
 * Run on every new connection, so that also a database that was replaced by an empty one gets its tables.
 * One message is one transaction; the lock makes replicas that start together take turns, because
 * `create table if not exists` alone fails when two run at the same instant.
 */
const TABLES = `
  set client_min_messages = warning;
  select pg_advisory_xact_lock(4001);
  create table if not exists items (
    id uuid primary key,
    name text not null,
    details jsonb not null,
    created_at timestamptz not null default now()
  );
  create index if not exists items_by_age on items (created_at desc);
  create table if not exists outbox (
    position bigint generated always as identity primary key,
    owner text not null,
    created_at timestamptz not null default now(),
    id uuid not null,
    routing_key text not null,
    request_id text not null,
    body jsonb not null
  );
`;

/** First two characters of SQLSTATE that say "not now" rather than "your statement is wrong". */
const NOT_NOW = new Set([
  "08", // connection lost
  "28", // login refused: being created, or its password is being changed
  "3D", // the database does not exist yet
  "53", // out of connections, memory or disk
  "57", // shutting down, starting up, or the statement took too long
]);

/** The same, that say "not these values". */
const NEVER = new Set([
  "22", // data exception: a character, a number or a JSON text that its type cannot hold
  "54", // a limit of the server: too large, too deeply nested
]);

/** Runs one statement and returns its rows. */
export type Query = <Row extends pg.QueryResultRow>(text: string, values?: unknown[]) => Promise<Row[]>;

export interface DatabaseOptions {
  url: string;
  /** Connections at most. */
  pool: number;
  instance: string;
  log: FastifyBaseLogger;
}

/**
 * Postgres, through a pool. Connections are made when they are needed: nothing here waits for the server.
 * Every statement fails with {@link DependencyUnavailable} when the server is unavailable, full or too slow.
 */
export class Database implements Dependency {
  readonly name = "database";
  readonly pool: pg.Pool;
  readonly query: Query;

  constructor({ url, pool, instance, log }: DatabaseOptions) {
    this.pool = new pg.Pool({
      connectionString: url,
      application_name: instance,
      max: pool,
      connectionTimeoutMillis: 2_000,
      idleTimeoutMillis: 60_000,
      // The server gives up first, so that its reason is what we see; the client's limit is for a lost server.
      statement_timeout: 4_000,
      query_timeout: 5_000,
      idle_in_transaction_session_timeout: 30_000,
      keepAlive: true,
      onConnect: (client) => client.query(TABLES),
    });
    this.pool.on("error", (err) => log.warn({ err }, "an idle database connection was lost"));
    this.query = queryOn(this.pool);
  }

  /** Runs `work` in one transaction: committed when it resolves, rolled back when it throws. */
  async transaction<T>(work: (query: Query) => Promise<T>): Promise<T> {
    const client = await this.pool.connect().catch(unavailable);
    // The pool does not listen while a connection is out, and an error without a listener ends the process.
    // Nothing is lost: the statement in flight rejects with the same error.
    const heard = () => undefined;
    client.on("error", heard);
    const query = queryOn(client);
    try {
      await query("begin");
      const result = await work(query);
      await query("commit");
      client.release();
      return result;
    } catch (error) {
      // Closing the connection rolls back, also when it is too broken to be asked to.
      client.release(true);
      throw error;
    } finally {
      client.off("error", heard);
    }
  }

  async check(): Promise<void> {
    await this.query("select 1");
  }

  close(): Promise<void> {
    return this.pool.end();
  }
}

function queryOn(connection: pg.Pool | pg.PoolClient): Query {
  return async <Row extends pg.QueryResultRow>(text: string, values?: unknown[]) => {
    const result = await connection.query<Row>(text, values).catch(unavailable);
    return result.rows;
  };
}

/** Rethrows: a mistake in a statement as it is, one in its values as the client's, everything else as "come back later". */
function unavailable(error: unknown): never {
  const kind = error instanceof pg.DatabaseError ? (error.code?.slice(0, 2) ?? "") : undefined;
  if (kind === undefined || NOT_NOW.has(kind)) throw new DependencyUnavailable("database", error);
  throw NEVER.has(kind) ? new InvalidInput("the database cannot store these values", error) : error;
}
