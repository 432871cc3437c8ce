import type { Balancing, Catalog, Probes, Route, ServiceEntry } from "./catalog";
import type { Settings } from "./settings";

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

/** One service of one environment, every default applied. */
export interface ServicePlan {
  name: string;
  port: number;
  /** Image reference with its tag or digest. */
  image: string;
  /** Value of the `version` label. */
  version: string;
  scale: { min: number; max: number };
  resources: Resources;
  probes: Probes;
  routes: readonly Route[];
  balancing: Balancing;
  /** Name of its database, if it owns one. */
  database?: string;
  usesCache: boolean;
  usesQueue: boolean;
  /** Services it calls. */
  calls: string[];
  secrets: readonly string[];
  configuration: readonly string[];
}

/** Everything that is decided about one environment of one platform. Frozen; nothing later adds a default. */
export interface Plan {
  name: string;
  namespace: string;
  context: string;
  host: string;
  frontDoor: Settings["frontDoor"];
  certificate: Settings["certificate"];
  generateSecrets: boolean;
  protectData: boolean;
  configuration: Readonly<Record<string, string>>;
  services: ServicePlan[];
  /** Names of all secrets that a service reads, each once. */
  secrets: string[];
  databases: DatabasePlan[];
  /** Present when a service uses them. */
  postgres?: StorePlan;
  redis?: StorePlan;
  rabbitmq?: StorePlan;
}

/** Where users reach the platform: `https://<host>`, with the port where it is not 443. */
export const urlOf = ({ host, frontDoor: { publicPort } }: Plan): string =>
  publicPort === 443 ? `https://${host}` : `https://${host}:${publicPort}`;

/** Catalog × settings: the one place where they meet. Pure; whether the result makes sense is the checks' job. */
export function makePlan(catalog: Catalog, settings: Settings): Plan {
  const services = Object.entries(catalog.services).map(([name, entry]) =>
    planService(name, entry, catalog, settings),
  );
  const databases = databasesOf(services);
  return deepFreeze({
    name: catalog.name,
    namespace: settings.namespace ?? catalog.name,
    context: settings.context,
    host: settings.host ?? catalog.host,
    frontDoor: settings.frontDoor,
    certificate: settings.certificate,
    generateSecrets: settings.generateSecrets,
    protectData: settings.protectData,
    configuration: settings.configuration,
    services,
    secrets: [...new Set(services.flatMap(({ secrets }) => secrets))],
    databases,
    ...(databases.length > 0 && { postgres: settings.postgres }),
    ...(services.some(({ usesCache }) => usesCache) && { redis: settings.redis }),
    ...(services.some(({ usesQueue }) => usesQueue) && { rabbitmq: settings.rabbitmq }),
  });
}

function planService(name: string, entry: ServiceEntry, catalog: Catalog, settings: Settings): ServicePlan {
  const uses = entry.uses ?? [];
  const own = settings.services[name];
  const { tag, registry = `docker.io/${catalog.name}` } = settings.images;
  return {
    name,
    port: entry.port,
    image: `${registry}/${name}:${tag}`,
    version: "v1",
    scale: own?.scale ?? settings.defaults.scale,
    resources: own?.resources ?? settings.defaults.resources,
    probes: catalog.probes,
    routes: entry.routes ?? [],
    balancing: entry.balancing ?? "round_robin",
    database: uses.find((use) => use.kind === "database")?.database,
    usesCache: uses.some(({ kind }) => kind === "cache"),
    usesQueue: uses.some(({ kind }) => kind === "queue"),
    calls: uses.flatMap((use) => (use.kind === "service" ? [use.service] : [])),
    secrets: entry.secrets ?? [],
    configuration: entry.configuration ?? [],
  };
}

function databasesOf(services: ServicePlan[]): DatabasePlan[] {
  const byName = new Map<string, string[]>();
  for (const { name, database } of services) {
    if (database) byName.set(database, [...(byName.get(database) ?? []), name]);
  }
  return [...byName].map(([name, services]) => ({ name, services }));
}

function deepFreeze<T>(value: T): T {
  if (typeof value === "object" && value !== null) Object.values(Object.freeze(value)).forEach(deepFreeze);
  return value;
}
