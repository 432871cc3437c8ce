import type { Autoscaler } from "./autoscaler";
import type { Exclusive } from "./exclusive";
import type { ExtraContainer } from "./pods";
import type { OwnProbes } from "./probes";
import type { Balancing, Route } from "./routes";
import type { JobTransforms, Transforms } from "./transforms";

/** What every entry may say of its container. */
export interface ContainerEntry {
  /**
   * Any image, exactly as it is written, such as `ghcr.io/shop/web:2.1.0@sha256:…`. A stack may have another tag of it
   * (`platform:services.<name>.tag`) or another digest (`platform:images.digests.<name>`); production wants a digest.
   * @default `<registry>/<name>:<tag>`, by the stack's `platform:images`
   */
  image?: string;
  /** In place of the image's entrypoint. @default the image's */
  command?: readonly string[];
  /** In place of the image's arguments. @default the image's */
  args?: readonly string[];
  /**
   * Variables with values of this entry alone. A stack may give others (`platform:services.<name>.environment`), and must
   * where the value is `perEnvironment`. @default none
   */
  environment?: Readonly<Record<string, string | null>>;
}

/** A Kubernetes port's name whose first part is the protocol, by which the mesh knows it; at most 15 characters. */
export type PortName = `${Protocol}-${string}`;
/** How a port is spoken to. */
export type Protocol = "http" | "grpc" | "tcp";

/** Where Prometheus finds metrics in its own format. */
interface MetricsEntry {
  /** That they are at. @default the entry's `port` */
  port?: number;
  /** That they are at. @default "/metrics" */
  path?: `/${string}`;
}

/** A Job with the service's own image, environment and secrets, which has to succeed before that version starts. */
export interface Migration {
  /** Running it again must do no harm: a Job of the same version may have to be made anew. */
  command: readonly string[];
  /** In place of the image's. @default the image's */
  args?: readonly string[];
  /** Seconds after which it has failed. @default 300 */
  deadline?: number;
}

/** What runs until it is told to end, in several replicas. */
interface Running {
  /** Before a version is started, in `up` and in a release alike. @default none */
  migration?: Migration;
  /** Containers beside its own, by name. @default none */
  containers?: Readonly<Record<string, ExtraContainer>>;
  /** What its number of replicas goes by. @default the environment's targets for cpu and memory */
  autoscaler?: Autoscaler;
  /** The way out: changes its objects, last of all. Checks and house rules see what comes of it. @default none */
  transform?: Transforms;
}

/** What other workloads connect to. */
interface Listening extends Running {
  /** Port that the container listens on, 1024–65535; in a mesh none of its sidecar's. */
  port: number;
  /** Further ports, by name; callers reach them under the same number. @default none */
  ports?: { readonly [name: PortName]: number };
}

/** Called by HTTP; the default of an entry. */
interface HttpKind extends Listening {
  /** Says that it is one. @default "http" */
  kind?: "http";
  /** Paths at the front door. @default none, reachable from inside only */
  routes?: readonly Route[];
  /** How the front door spreads requests over the replicas. @default "round_robin" */
  balancing?: Balancing;
  /** Of its own. @default the platform's */
  probes?: OwnProbes | "none";
  /** Where they are. @default its own port, at /metrics */
  metrics?: MetricsEntry | "none";
  /**
   * Path of the page that says how it is: 200 or 503, to Prometheus in Prometheus' format. @default "/health"
   */
  health?: `/${string}` | "none";
}

/** Called by gRPC: its calls are balanced one by one. */
interface GrpcKind extends Listening {
  /** Says that it is one. */
  kind: "grpc";
  /** How callers spread their calls over the replicas. @default "round_robin" */
  balancing?: "round_robin" | "least_conn";
  /** Of its own. @default the standard gRPC health service, at the platform's times */
  probes?: OwnProbes | "none";
  /** Where they are. @default "none" */
  metrics?: MetricsEntry | "none";
}

/** Called by any other protocol on TCP. */
interface TcpKind extends Listening {
  /** Says that it is one. */
  kind: "tcp";
  /** Of its own. @default a connection stands, at the platform's times */
  probes?: OwnProbes | "none";
  /** Where they are. @default "none" */
  metrics?: (MetricsEntry & { port: number }) | "none";
}

/** Has no port that anyone calls. */
interface WorkerKind extends Running {
  /** Says that it is one. */
  kind: "worker";
  /** By a command, or at a port that they name: it has none of its own. @default "none" */
  probes?: (Pick<OwnProbes, "liveness"> & Partial<OwnProbes>) | "none";
  /** Where they are. @default "none" */
  metrics?: (MetricsEntry & { port: number }) | "none";
}

/** What ends by itself. */
interface Ending {
  /** Seconds after which one run has failed. @default 3600 */
  deadline?: number;
  /** How often a run that failed is tried again. @default 0 */
  retries?: number;
  /** The way out: changes its objects, last of all. House rules see what comes of it. @default none */
  transform?: JobTransforms;
}

/** Runs by the clock. */
interface CronJobKind extends Ending {
  /** Says that it is one. */
  kind: "cronJob";
  /** Minute, hour, day, month, weekday, such as `0 3 * * *`, or `@daily`. */
  schedule: string;
  /** Of the IANA database, such as `Europe/Berlin`. @default "Etc/UTC" */
  timeZone?: string;
  /** What happens when the one before still runs. @default "Forbid" */
  concurrency?: "Allow" | "Forbid" | "Replace";
}

/** Runs once, and once more for each new image, command or environment; `up` waits for it. */
interface JobKind extends Ending {
  /** Says that it is one. */
  kind: "job";
}

/** What kind of workload an entry is, with what only that kind has. */
export type Kind = Exclusive<HttpKind | GrpcKind | TcpKind | WorkerKind | CronJobKind | JobKind>;
