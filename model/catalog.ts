import type { Resources } from "./container-resources";
import type { PostgresExtension } from "./postgres-extensions";

/**
 * How requests of a route reach the replicas of a service: nginx's names for its balancing methods, and `session`,
 * which keeps a browser on one replica by a cookie.
 */
export type Balancing = "round_robin" | "least_conn" | "ip_hash" | "session";

/** A path at the front door. Everything below `path` goes to the service, unchanged. */
export interface Route {
  path: string;
  /** Whether the connection may be upgraded to a WebSocket. */
  webSocket: boolean;
}

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
  kind: "database";
  database: string;
  pool: number;
}

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
  /** Not ready any more, still answering: until nobody sends it requests. */
  drain: number;
  /** Until it is killed, the drain included. */
  grace: number;
}

/**
 * A writable folder of a service. What is in a scratch folder lives as long as its pod. A persistent one is a claim that one
 * pod at a time mounts: its service has one replica, which ends before the next one starts, and is not released by weights.
 */
export interface Volume {
  kind: "scratch" | "persistent";
  /** A Kubernetes quantity; of a persistent one an environment may say another, and it can grow. */
  size: string;
}

/** A container beside the service's own; it sees the same volumes and files, and has a `/tmp` of its own. */
export interface ExtraContainer {
  /** Any reference; in production by a full version or a digest. */
  image: string;
  /** @default the image's */
  command?: readonly string[];
  /** @default the image's */
  args?: readonly string[];
  /** Plain values by environment variable. @default none */
  environment?: Readonly<Record<string, string>>;
  /** @default 50m to 250m of cpu, 64Mi to 128Mi of memory */
  resources?: Resources;
}

/** A metric that somebody's adapter serves at the API server, such as Prometheus Adapter or KEDA. */
export type ScalingMetric =
  /** Of each pod, for instance `http_requests_in_flight`. */
  | { type: "Pods"; metric: string; averageValue: string }
  /** Of something outside, for instance the length of a queue: `averageValue` is its share for one pod. */
  | { type: "External"; metric: string; labels?: Readonly<Record<string, string>>; averageValue: string };

/**
 * What the number of replicas goes by. `cpu` and `memory` are per cent of what the service's container requests, `"none"`
 * to leave one out. With `"none"` alone there is no autoscaler, and as many replicas as the environment has at least.
 */
export type Autoscaler =
  | "none"
  | { cpu?: number | "none"; memory?: number | "none"; metrics?: readonly ScalingMetric[] };

/**
 * Changes of the objects that an entry makes, for what it has no word for. Which objects, and their types, are told where
 * they are made: `components/services/transform.ts`.
 */
// biome-ignore lint/suspicious/noEmptyInterface: its members are declared there, as this room knows nothing of Kubernetes.
export interface Transforms {}

/** What a service *is*, the same in every environment. */
export interface ServiceEntry<
  Name extends string = string,
  Key extends string = string,
  Extra extends string = string,
> {
  /** Port the container listens on. */
  port: number;
  /** Paths at the front door. @default none, reachable from inside only */
  routes?: readonly Route[];
  /** How the front door spreads requests over the replicas. @default "round_robin" */
  balancing?: Balancing;
  /** Everything the service talks to. @default nothing */
  uses?: readonly Use<Name, Extra>[];
  /** Names of secrets it reads as environment variables, set per stack: `<platform>:<NAME>`. @default none */
  secrets?: readonly string[];
  /** Names of plain settings it reads as environment variables, out of the platform's `configuration`. @default none */
  configuration?: readonly Key[];
  /** Probes of its own. @default the platform's */
  probes?: Probes;
  /** Writable folders by path: {@link scratch} or {@link persistent}. @default `/tmp` alone, of 64Mi */
  volumes?: Readonly<Record<string, Volume>>;
  /** Files that it reads, by path: their text, of 1 MiB in all at most. Pods roll when it changes. @default none */
  files?: Readonly<Record<string, string>>;
  /** Containers beside its own, by name. @default none */
  containers?: Readonly<Record<string, ExtraContainer>>;
  /** Annotations of its ServiceAccount, for instance its identity at a cloud; an environment may say others. @default none */
  serviceAccountAnnotations?: Readonly<Record<string, string>>;
  /** Whether its pods may ask the cloud's metadata server, which hands out the rights of an identity. @default false */
  cloudMetadata?: boolean;
  /** @default the environment's targets for cpu and memory */
  autoscaler?: Autoscaler;
  /** The way out: changes its objects, last of all. Checks and house rules see what comes of it. @default none */
  transform?: Transforms;
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

/** A setting that has no value of its own: each environment gives one. */
export const perEnvironment = null;

/** A platform: its services and what they have in common. */
export interface Catalog<
  Name extends string = string,
  Key extends string = string,
  Extra extends string = string,
> {
  /** Lower-case name; the namespace and the prefix of its secrets in the stack's configuration. */
  name: string;
  /** Public host name; an environment may override it. */
  host: string;
  /** Probes of every service. */
  probes: Probes;
  /** @default a Service on port 80, and no more */
  discovery?: Discovery;
  /** @default 10 s of drain, as names are remembered for five and asked every two, in a grace period of 30 s */
  shutdown?: Shutdown;
  /**
   * Every plain setting that services read, with its value; an environment overrides it in its `configuration`, and
   * must where it is {@link perEnvironment}. @default none
   */
  configuration?: Record<Key, string | typeof perEnvironment>;
  services: Record<Name, ServiceEntry<NoInfer<Name>, NoInfer<Key>, NoInfer<Extra>>>;
  /** Workloads of one's own beside them. @default none */
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

/** Calls another service over HTTP; its address arrives as `<NAME>_URL`. */
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
