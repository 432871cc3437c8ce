import type { Resources } from "./container-resources";
import type { ContainerEntry, Kind } from "./kinds";
import type { PodEntry, Volume } from "./pods";
import type { PostgresExtension } from "./postgres-extensions";
import type { Probes } from "./probes";
import type { Route } from "./routes";

/**
 * One declared edge: what a service may talk to. It is the only truth for the environment, the Secret, the wait,
 * the network and authorization policies, the Sidecar's scope, the database and the diagram that follow from it.
 */
export type Use<Name extends string = string, Extra extends string = string> =
  | { kind: "extra"; extra: Extra; port: number }
  | { kind: "service"; service: Name }
  | DatabaseUse
  | { kind: "cache" }
  | { kind: "queue" }
  | { kind: "external"; host: string; port: number };

/** What a service may do with one database, beyond connecting to it. */
export interface DatabaseOptions {
  /** Connections of one replica at most, which a check counts; arrives as `DATABASE_POOL_SIZE`. @default 10 */
  pool?: number;
  /** Extensions that it has before the service starts. One that is left out later stays. @default none */
  extensions?: readonly PostgresExtension[];
  /** `"read"`: a login that may select from every table, and change nothing. @default it owns the tables */
  access?: "read";
}

/** The edge to a database. */
export interface DatabaseUse extends DatabaseOptions {
  /** Says that it is one. */
  kind: "database";
  /** Its name, of 57 letters, digits, `_` and `-` at most. */
  database: string;
  /** Connections of one replica at most. */
  pool: number;
}

/** How services are found beyond their Service's port 80. */
export interface Discovery {
  /** Whether the Service answers on the service's own port too, as its API port. @default false */
  apiPort?: boolean;
  /** Whether each service has a headless Service as well, whose name resolves to the pods. @default false */
  headless?: boolean;
  /** Seconds for which a client stays with a pod (session affinity ClientIP). @default no affinity */
  affinity?: number;
}

/** What happens to a pod that is told to end; seconds. */
export interface Shutdown {
  /** Not ready any more, still answering: until no proxy sends it requests. */
  drain: number;
  /** Until it is killed, the drain included. */
  grace: number;
}

/** What entries of every kind may say, the same in every environment. */
interface CommonEntry<Name extends string, Key extends string, Extra extends string>
  extends ContainerEntry,
    PodEntry {
  /** Everything the workload talks to. @default nothing */
  uses?: readonly Use<Name, Extra>[];
  /** Names of secrets it reads as environment variables, set per stack: `<platform>:<NAME>`. @default none */
  secrets?: readonly string[];
  /** Names of plain settings it reads as environment variables, out of the platform's `configuration`. @default none */
  configuration?: readonly Key[];
}

/**
 * A workload of one's own beside the services, which `extras/<catalog>.ts` makes: what policies, the mesh and the quota
 * have to know of it.
 */
export interface ExtraEntry<Name extends string = string, Extra extends string = string> {
  /** Ports that its pods listen on. @default none */
  ports?: readonly number[];
  /** Pods at once at most, in the middle of an update too. @default 1 */
  pods?: number;
  /** Of one pod, all its containers together. */
  resources: Resources;
  /** Sizes of its volumes. @default none */
  volumes?: readonly string[];
  /** What it talks to. It gets no variable of it: it is not made here. @default nothing */
  uses?: readonly Exclude<Use<Name, Extra>, DatabaseUse>[];
  /** Names of secrets that it reads, set per stack as those of services are. @default none */
  secrets?: readonly string[];
}

/** What one workload *is*: an HTTP service, unless its `kind` says otherwise. */
export type ServiceEntry<
  Name extends string = string,
  Key extends string = string,
  Extra extends string = string,
> = CommonEntry<Name, Key, Extra> & Kind;

/** A setting that has no value of its own: each environment gives one. */
export const perEnvironment = null;

/** A platform: its services and what they have in common. */
export interface Catalog<
  Name extends string = string,
  Key extends string = string,
  Extra extends string = string,
> {
  /** Lower-case name, at most 63 letters; the namespace and the prefix of its secrets in the stack's configuration. */
  name: string;
  /** Public host name, without a scheme and a port; an environment may override it. */
  host: string;
  /** Probes of every HTTP service that has none of its own; of the others the times alone. */
  probes: Probes;
  /** How services are found. @default a Service on port 80, and no more */
  discovery?: Discovery;
  /** How pods end. @default 10 s of drain, as names are remembered for five and asked every two, in a grace period of 30 s */
  shutdown?: Shutdown;
  /**
   * Every plain setting that services read, with its value; an environment overrides it in its `configuration`, and
   * must where it is {@link perEnvironment}. @default none
   */
  configuration?: Record<Key, string | typeof perEnvironment>;
  /** By name: at most 52 lower-case letters, digits and -, with a letter first. None is a name of the platform's own. */
  services: Record<Name, ServiceEntry<NoInfer<Name>, NoInfer<Key>, NoInfer<Extra>>>;
  /** Workloads of one's own beside them, by name. @default none */
  extras?: Record<Extra, ExtraEntry<NoInfer<Name>, NoInfer<Extra>>>;
}

/** Types a catalog: an edge to a service, or a setting, that is not in it does not compile. */
export const definePlatform = <Name extends string, Key extends string = never, Extra extends string = never>(
  catalog: Catalog<Name, Key, Extra>,
): Catalog<Name, Key, Extra> => catalog;

/** Everything below this path of the host goes to the service. */
export const path = (path: string): Route => ({ path, webSocket: false });

/** As {@link path}, and the connection may be upgraded to a WebSocket. */
export const webSocket = (path: string): Route => ({ path, webSocket: true });

/** A writable folder as long as its pod lives. @param size a Kubernetes quantity */
export const scratch = (size: string): Volume => ({ kind: "scratch", size });

/** A writable folder that outlives its pods. @param size a Kubernetes quantity */
export const persistent = (size: string): Volume => ({ kind: "persistent", size });

/** Calls another service; its address arrives as `<NAME>_URL`, or as `<NAME>_ADDRESS` where it is no HTTP service. */
export const service = <Name extends string>(service: Name) => ({ kind: "service", service }) as const;

/**
 * Owns a login to this Postgres database; the first one's URL arrives as `DATABASE_URL`. Of several each arrives as
 * `<NAME>_DATABASE_URL` too, with a login of its own.
 */
export const database = (database: string, options: DatabaseOptions = {}) =>
  ({ kind: "database", database, pool: 10, ...options }) as const;

/** Uses the platform's Redis; arrives as `REDIS_URL`. */
export const cache = () => ({ kind: "cache" }) as const;

/** Uses the platform's RabbitMQ; arrives as `RABBITMQ_URL`. */
export const queue = () => ({ kind: "queue" }) as const;

/** Talks to a workload of one's own, of the catalog's `extras`, at `<name>:<port>`. */
export const extra = <Extra extends string>(extra: Extra, port: number) =>
  ({ kind: "extra", extra, port }) as const;

/**
 * Calls something outside the cluster.
 * @param host its name, or the name of the plain setting that holds it
 * @param port @default 443
 */
export const external = (host: string, port = 443) => ({ kind: "external", host, port }) as const;
