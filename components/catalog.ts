/** How requests of a route reach the replicas of a service (nginx's names for its balancing methods). */
export type Balancing = "round_robin" | "least_conn" | "ip_hash";

/** A path at the front door. Everything below `path` goes to the service, unchanged. */
export interface Route {
  path: string;
  /** Whether the connection may be upgraded to a WebSocket. */
  webSocket: boolean;
}

/**
 * One declared edge: what a service may talk to. It is the only truth for the environment, the Secret and the
 * wait that follow from it.
 */
export type Use<Name extends string = string> =
  | { kind: "service"; service: Name }
  | { kind: "database"; database: string }
  | { kind: "cache" }
  | { kind: "queue" };

/** One HTTP probe; times in seconds. */
export interface Probe {
  path: string;
  initialDelay: number;
  period: number;
  timeout: number;
  failures: number;
}

export interface Probes {
  liveness: Probe;
  readiness: Probe;
}

/** What a service *is*, the same in every environment. */
export interface ServiceEntry<Name extends string = string> {
  /** Port the container listens on. */
  port: number;
  /** Paths at the front door. @default none, reachable from inside only */
  routes?: readonly Route[];
  /** How the front door spreads requests over the replicas. @default "round_robin" */
  balancing?: Balancing;
  /** Everything the service talks to. @default nothing */
  uses?: readonly Use<Name>[];
  /** Names of secrets it reads as environment variables, set per stack: `<platform>:<NAME>`. @default none */
  secrets?: readonly string[];
  /** Names of plain settings it reads as environment variables, from the stack's `configuration`. @default none */
  configuration?: readonly string[];
}

/** A platform: its services and what they have in common. */
export interface Catalog<Name extends string = string> {
  /** Lower-case name; the namespace and the prefix of its secrets in the stack's configuration. */
  name: string;
  /** Public host name; an environment may override it. */
  host: string;
  /** Probes of every service. */
  probes: Probes;
  services: Record<Name, ServiceEntry<NoInfer<Name>>>;
}

/** Types a catalog: an edge to a service that is not in it does not compile. */
export const definePlatform = <Name extends string>(catalog: Catalog<Name>): Catalog<Name> => catalog;

/** Everything below this path of the host goes to the service. */
export const path = (path: string): Route => ({ path, webSocket: false });

/** As {@link path}, and the connection may be upgraded to a WebSocket. */
export const webSocket = (path: string): Route => ({ path, webSocket: true });

/** Calls another service over HTTP; its address arrives as `<NAME>_URL`. */
export const service = <Name extends string>(service: Name) => ({ kind: "service", service }) as const;

/** Owns a login to this Postgres database; arrives as `DATABASE_URL`. */
export const database = (database: string) => ({ kind: "database", database }) as const;

/** Uses the platform's Redis; arrives as `REDIS_URL`. */
export const cache = () => ({ kind: "cache" }) as const;

/** Uses the platform's RabbitMQ; arrives as `RABBITMQ_URL`. */
export const queue = () => ({ kind: "queue" }) as const;
