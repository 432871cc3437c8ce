import type { Route, ServiceEntry, Shutdown } from "./catalog";
import { type Balancing, type Catalog, type Discovery, type Probes, perEnvironment } from "./catalog";
import { type Edge, edgesOf } from "./edges";
import type { Settings } from "./settings";
import { images, withDigest } from "./versions";

export interface Resources {
  requests: { cpu: string; memory: string };
  limits: { cpu: string; memory: string };
}

/** A data store's size. */
export interface StorePlan {
  storage: string;
  resources: Resources;
}

/** A database and the services that own a login to it. */
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
  /** Whether the version in use can work with the database as this one leaves it. */
  schema: "compatible" | "incompatible";
}

/** One service of one environment, every default applied. */
export interface ServicePlan {
  name: string;
  port: number;
  /** Image reference with its tag or digest. */
  image: string;
  /** Value of the `version` label. */
  version: string;
  release?: ReleasePlan;
  replicas: { min: number; max: number };
  resources: Resources;
  probes: Probes;
  routes: readonly Route[];
  balancing: Balancing;
  /** Name of its database, if it owns one. */
  database?: string;
  /** Connections to it that one replica opens at most. */
  databasePool?: number;
  usesCache: boolean;
  usesQueue: boolean;
  /** Services it calls. */
  calls: string[];
  /** What it calls outside the cluster. */
  externals: { host: string; port: number }[];
  secrets: readonly string[];
  configuration: readonly string[];
}

/** Everything that is decided about one environment of one platform. Frozen; nothing later adds a default. */
export interface Plan {
  name: string;
  tier: Settings["tier"];
  namespace: string;
  context: string;
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
  /** Every plain setting with its value; undefined where the environment owes one. */
  configuration: Readonly<Record<string, string | undefined>>;
  services: ServicePlan[];
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

/** Value of the `version` label before the first release. */
const FIRST_VERSION = "v1";

/** Name of the secret with the URL that alerts are sent to. */
export const ALERT_WEBHOOK = "ALERT_WEBHOOK_URL";

/** Name of the Secret with the certificate: the stack's own, or the one the platform makes. */
export const certificateSecret = ({ certificate }: Pick<Plan, "certificate">): string =>
  certificate === "self-signed" ? "nginx-tls" : certificate.secret;

/** Where users reach the platform: `https://<host>`, with the port where it is not 443. */
export const urlOf = ({ host, frontDoor: { publicPort } }: Plan): string =>
  publicPort === 443 ? `https://${host}` : `https://${host}:${publicPort}`;

/** Size of every volume with data, by the name of its store. */
export const volumesOf = ({
  postgres,
  redis,
  rabbitmq,
  prometheus,
  alertmanager,
}: Plan): Record<string, string> =>
  Object.fromEntries(
    Object.entries({ postgres, redis, rabbitmq, prometheus, alertmanager }).flatMap(([name, store]) =>
      store ? [[name, store.storage]] : [],
    ),
  );

/** Catalog × settings: the one place where they meet. Pure; whether the result makes sense is the checks' job. */
export function makePlan(catalog: Catalog, settings: Settings): Plan {
  const configuration = configurationOf(catalog, settings);
  const services = Object.entries(catalog.services).map(([name, entry]) =>
    planService(name, entry, catalog, settings, configuration),
  );
  const databases = databasesOf(services);
  const { postgres, rabbitmq } = settings;
  return deepFreeze({
    name: catalog.name,
    tier: settings.tier,
    namespace: settings.namespace ?? catalog.name,
    context: settings.context,
    host: settings.host ?? catalog.host,
    frontDoor: settings.frontDoor,
    certificate: settings.certificate,
    generateSecrets: settings.generateSecrets,
    protectData: settings.protectData,
    scheduling: settings.scheduling,
    mesh: settings.mesh,
    releases: settings.releases,
    discovery: { apiPort: false, headless: false, ...catalog.discovery },
    shutdown: catalog.shutdown ?? { drain: 10, grace: 30 },
    images: mapValues(images, (image) => withDigest(image, settings.images.digests)),
    configuration,
    services,
    secrets: [...new Set(services.flatMap(({ secrets }) => secrets))],
    ownSecrets: settings.alertmanager.webhook ? [ALERT_WEBHOOK] : [],
    databases,
    edges: edgesOf({
      services,
      queueReplicas: rabbitmq.replicas,
      standalone: settings.frontDoor.kind === "standalone",
      grafana: settings.grafana.enabled,
    }),
    storageClass: settings.storageClass,
    ...(databases.length > 0 && { postgres }),
    ...(services.some(({ usesCache }) => usesCache) && { redis: settings.redis }),
    ...(services.some(({ usesQueue }) => usesQueue) && { rabbitmq }),
    prometheus: settings.prometheus,
    alertmanager: settings.alertmanager,
    grafana: settings.grafana,
    prices: settings.prices,
  });
}

function planService(
  name: string,
  entry: ServiceEntry,
  catalog: Catalog,
  settings: Settings,
  configuration: Plan["configuration"],
): ServicePlan {
  const uses = entry.uses ?? [];
  const database = uses.find((use) => use.kind === "database");
  const { defaults } = settings;
  const own = settings.services[name];
  const { tag, digests, registry = `docker.io/${catalog.name}` } = settings.images;
  const release = own?.release;
  const repository = `${registry}/${name}`;
  return {
    name,
    port: entry.port,
    image: withDigest(`${repository}:${own?.tag ?? tag}`, digests),
    version: own?.version ?? FIRST_VERSION,
    ...(release && {
      release: {
        strategy: release.strategy,
        version: release.version,
        weight: release.weight,
        schema: release.schema,
        image: withDigest(`${repository}:${release.tag ?? tag}`, definedOnly({ [name]: release.digest })),
      },
    }),
    replicas: { ...defaults.replicas, ...definedOnly(own?.replicas ?? {}) },
    resources: {
      requests: { ...defaults.resources.requests, ...definedOnly(own?.resources.requests ?? {}) },
      limits: { ...defaults.resources.limits, ...definedOnly(own?.resources.limits ?? {}) },
    },
    probes: entry.probes ?? catalog.probes,
    routes: entry.routes ?? [],
    balancing: entry.balancing ?? "round_robin",
    database: database?.database,
    databasePool: database?.pool,
    usesCache: uses.some(({ kind }) => kind === "cache"),
    usesQueue: uses.some(({ kind }) => kind === "queue"),
    calls: uses.flatMap((use) => (use.kind === "service" ? [use.service] : [])),
    externals: uses.flatMap((use) =>
      use.kind === "external" ? [{ host: configuration[use.host] ?? use.host, port: use.port }] : [],
    ),
    secrets: entry.secrets ?? [],
    configuration: entry.configuration ?? [],
  };
}

function configurationOf(catalog: Catalog, settings: Settings): Record<string, string | undefined> {
  return Object.fromEntries(
    Object.entries(catalog.configuration ?? {}).map(([key, value]) => [
      key,
      settings.configuration[key] ?? (value === perEnvironment ? undefined : value),
    ]),
  );
}

function databasesOf(services: ServicePlan[]): DatabasePlan[] {
  const byName = new Map<string, string[]>();
  for (const { name, database } of services) {
    if (database) byName.set(database, [...(byName.get(database) ?? []), name]);
  }
  return [...byName].map(([name, services]) => ({ name, services }));
}

function mapValues<K extends string, T, R>(record: Record<K, T>, change: (value: T) => R): Record<K, R> {
  return Object.fromEntries(
    Object.entries(record).map(([key, value]) => [key, change(value as T)]),
  ) as Record<K, R>;
}

/** The entries that have a value. */
export function definedOnly<T>(record: Record<string, T | undefined>): Record<string, T> {
  return Object.fromEntries(
    Object.entries(record).filter((entry): entry is [string, T] => entry[1] !== undefined),
  );
}

function deepFreeze<T>(value: T): T {
  if (typeof value === "object" && value !== null) Object.values(Object.freeze(value)).forEach(deepFreeze);
  return value;
}
