import type { Discovery, Shutdown } from "./catalog";
import type { Resources } from "./container-resources";
import type { ExtraPlan } from "./extras";
import type { Migration, Protocol } from "./kinds";
import type { LoginPlan } from "./logins";
import type { ContainerPlan, FilePlan, VolumePlan } from "./mounts";
import { secrets } from "./names";
import type { OwnProbes, Probe } from "./probes";
import type { Balancing, Route } from "./routes";
import type { AutoscalerPlan } from "./scaling";
import type { Settings } from "./settings";
import type { JobTransforms, Transforms } from "./transforms";
import type { images } from "./versions";

export type { Resources };

/** A data store's size. */
export interface StorePlan {
  storage: string;
  resources: Resources;
}

/** A database and the services that have a login to it. */
export interface DatabasePlan {
  name: string;
  services: string[];
}

/** A version of a service that is being released, beside the one in use. */
export interface ReleasePlan {
  strategy: "canary" | "blue-green";
  version: string;
  image: string;
  /** Per cent of the requests. */
  weight: number;
  /** Weights that it has one after the other, as far as they are known. */
  steps?: readonly number[];
  /** The least number of replicas of both versions meanwhile. @default the service's own */
  replicas?: number;
  /** Whether the version in use can work with the database as this one leaves it. */
  schema: "compatible" | "incompatible";
}

/** A port of a service. */
export interface PortPlan {
  /** Its name in Kubernetes; the mesh reads the protocol off the first part. */
  name: string;
  protocol: Protocol;
  /** That the container listens on. */
  port: number;
  /** That callers connect to. */
  servicePort: number;
}

/** The probes of one service: an entry may have none. */
export type ProbesPlan = Partial<Record<keyof OwnProbes, Probe>>;

/** One service of one environment, every default applied: what runs until it is told to end. */
export interface ServicePlan {
  name: string;
  kind: "http" | "grpc" | "tcp" | "worker";
  /** The first of its ports. @default none: it cannot be called */
  port?: number;
  /** All that it can be called at. */
  ports: readonly PortPlan[];
  /** Image reference with its tag or digest. */
  image: string;
  /** Whether the catalog names the image: it is the team's, and nothing is built in its place. */
  ownImage: boolean;
  command?: readonly string[];
  args?: readonly string[];
  /** Variables of its own; undefined where the environment owes a value. */
  environment: Readonly<Record<string, string | undefined>>;
  /** Value of the `version` label. */
  version: string;
  release?: ReleasePlan;
  replicas: { min: number; max: number };
  /** What it is scaled by. @default the number of replicas is fixed: both bounds are the same */
  autoscaler?: AutoscalerPlan;
  resources: Resources;
  volumes: VolumePlan[];
  files: FilePlan[];
  containers: ContainerPlan[];
  probes: ProbesPlan;
  /** Where Prometheus reads it. @default nowhere */
  metrics?: { port: number; path: string };
  /** Path of its health page. @default it has none */
  health?: string;
  migration?: Required<Pick<Migration, "deadline">> & Migration;
  routes: readonly Route[];
  balancing: Balancing;
  /** One for each of its databases, in the order of the catalog. */
  logins: LoginPlan[];
  usesCache: boolean;
  usesQueue: boolean;
  /** Services it calls. */
  calls: string[];
  /** Workloads of one's own that it talks to. */
  extras: { name: string; port: number }[];
  /** What it calls outside the cluster. */
  externals: { host: string; port: number }[];
  secrets: readonly string[];
  configuration: readonly string[];
  serviceAccountAnnotations: Readonly<Record<string, string>>;
  cloudMetadata: boolean;
  transform?: Transforms;
}

/** A service that can be called. */
export type ListeningPlan = ServicePlan & { port: number };

export const listens = (service: ServicePlan): service is ListeningPlan => service.port !== undefined;

/** What services and jobs have in common. */
export type WorkloadPlan = Omit<
  ServicePlan,
  | "kind"
  | "port"
  | "ports"
  | "release"
  | "replicas"
  | "autoscaler"
  | "containers"
  | "probes"
  | "metrics"
  | "health"
  | "migration"
  | "routes"
  | "balancing"
  | "transform"
>;

/** What a pod is made of: a job's has no ports and no probes. */
export type PodPlan = WorkloadPlan &
  Partial<Pick<ServicePlan, "port" | "ports" | "metrics" | "probes" | "containers">>;

/** What ends by itself: runs once, or by the clock where it has a schedule. */
export interface JobPlan extends WorkloadPlan {
  schedule?: { cron: string; timeZone: string; concurrency: "Allow" | "Forbid" | "Replace" };
  /** Seconds after which a run has failed. */
  deadline: number;
  retries: number;
  transform?: JobTransforms;
}

/** One workload opens connections to a port of another; both by the value of their `app` label. */
export interface Edge {
  from: string;
  to: string;
  /** Port the pods of `to` listen on. */
  port: number;
}

/** Everything that is decided about one environment of one platform. Frozen; nothing later adds a default. */
export interface Plan {
  name: string;
  tier: Settings["tier"];
  namespace: string;
  context: string;
  cluster: Settings["cluster"];
  host: string;
  frontDoor: Settings["frontDoor"];
  certificate: Settings["certificate"];
  generateSecrets: boolean;
  protectData: boolean;
  scheduling: Settings["scheduling"];
  mesh: Settings["mesh"];
  releases: Settings["releases"];
  discovery: Required<Omit<Discovery, "affinity">> & Pick<Discovery, "affinity">;
  shutdown: Shutdown;
  /** References of the images that are not the services' own. */
  images: Readonly<Record<keyof typeof images, string>>;
  /** Names of the Secrets that every pod's images are pulled with. */
  pullSecrets: readonly string[];
  /** Every plain setting with its value; undefined where the environment owes one. */
  configuration: Readonly<Record<string, string | undefined>>;
  services: ServicePlan[];
  /** Cron jobs and one-off jobs. */
  jobs: JobPlan[];
  /** Workloads of one's own beside them. */
  extras: ExtraPlan[];
  /** The most replicas that a service may have. */
  replicaLimit: number;
  /** Names of all secrets that a service reads, each once. */
  secrets: string[];
  /** Names of the secrets that the platform itself reads. They lead outside, and cannot be generated. */
  ownSecrets: string[];
  databases: DatabasePlan[];
  /** Every connection between workloads. */
  edges: Edge[];
  storageClass?: string;
  /** Present when a service uses them. */
  postgres?: Settings["postgres"];
  redis?: StorePlan;
  rabbitmq?: Settings["rabbitmq"];
  prometheus: Settings["prometheus"];
  alertmanager: Settings["alertmanager"];
  grafana: Settings["grafana"];
  prices: Settings["prices"];
}

/** Name of the secret with the URL that alerts are sent to. */
export const ALERT_WEBHOOK = "ALERT_WEBHOOK_URL";

/** Name of the Secret with the certificate: the stack's own, or the one the platform makes. */
export const certificateSecret = ({ certificate }: Pick<Plan, "certificate">): string =>
  certificate === "self-signed" ? secrets.selfSigned : certificate.secret;

/** Where users reach the platform: `https://<host>`, with the port where it is not 443. */
export const urlOf = ({ host, frontDoor: { publicPort } }: Plan): string =>
  publicPort === 443 ? `https://${host}` : `https://${host}:${publicPort}`;

/** Whether a service has a volume that one pod at a time mounts. */
export const isPersistent = ({ volumes }: Pick<WorkloadPlan, "volumes">): boolean =>
  volumes.some(({ kind }) => kind === "persistent");

/** Size of every volume with data, by the name of its store, or the place of it in the catalog. */
export const volumesOf = ({
  services,
  jobs,
  postgres,
  redis,
  rabbitmq,
  prometheus,
  alertmanager,
}: Plan): Record<string, string> =>
  Object.fromEntries([
    ...Object.entries({ postgres, redis, rabbitmq, prometheus, alertmanager }).flatMap(([name, store]) =>
      store ? [[name, store.storage]] : [],
    ),
    ...[...services, ...jobs].flatMap(({ name, volumes }) =>
      volumes
        .filter(({ kind }) => kind === "persistent")
        .map(({ path, size }) => [`services.${name}.volumes.${path}`, size]),
    ),
  ]);
