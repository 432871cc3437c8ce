import { type Catalog, perEnvironment, type ServiceEntry } from "./catalog";
import { definedOnly } from "./defined-only";
import { edgesOf } from "./edges";
import { extrasIn, extrasOf } from "./extras";
import { imageOf } from "./image-references";
import { loginsOf } from "./logins";
import { mountsOf } from "./mounts";
import {
  ALERT_WEBHOOK,
  type DatabasePlan,
  isPersistent,
  type Plan,
  type ServicePlan,
  type WorkloadPlan,
} from "./plan";
import { jobOf, kindOf, runsUntilTold } from "./plan-kinds";
import { autoscalerOf } from "./scaling";
import type { Settings } from "./settings";
import type { Transforms } from "./transforms";
import { images, mirrored, withDigest } from "./versions";

/** Value of the `version` label before the first release. */
const FIRST_VERSION = "v1";

/** Catalog × settings: the one place where they meet. Pure; whether the result makes sense is the checks' job. */
export function makePlan(catalog: Catalog, settings: Settings): Plan {
  const configuration = configurationOf(catalog, settings);
  const planned = Object.entries(catalog.services).map(([name, entry]) => ({
    entry,
    plan: planService(name, entry, catalog, settings, configuration),
  }));
  const services = planned.flatMap(({ entry, plan }) => (runsUntilTold(entry) ? [plan] : []));
  const jobs = planned.flatMap(({ entry, plan }) => jobOf(entry, plan));
  const extras = extrasOf(catalog, configuration);
  const databases = databasesOf([...services, ...jobs]);
  const clients = [...services, ...jobs, ...extras];
  const { postgres, rabbitmq } = settings;
  return deepFreeze({
    name: catalog.name,
    tier: settings.tier,
    namespace: settings.namespace ?? catalog.name,
    context: settings.context,
    cluster: settings.cluster,
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
    images: mapValues(images, (image) =>
      withDigest(mirrored(image, settings.images.registryMirror), settings.images.digests),
    ),
    pullSecrets: settings.images.pullSecrets,
    configuration,
    services,
    jobs,
    extras,
    replicaLimit: settings.defaults.replicaLimit,
    secrets: [...new Set(clients.flatMap(({ secrets }) => secrets))],
    ownSecrets: settings.alertmanager.webhook ? [ALERT_WEBHOOK] : [],
    databases,
    edges: edgesOf({
      services,
      jobs,
      extras,
      queueReplicas: rabbitmq.replicas,
      standalone: settings.frontDoor.kind === "standalone",
      grafana: settings.grafana.enabled,
    }),
    storageClass: settings.storageClass,
    ...(databases.length > 0 && { postgres }),
    ...(clients.some(({ usesCache }) => usesCache) && { redis: settings.redis }),
    ...(clients.some(({ usesQueue }) => usesQueue) && { rabbitmq }),
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
  const { defaults } = settings;
  const own = settings.services[name];
  const { tag, digests, registry = `docker.io/${catalog.name}` } = settings.images;
  const release = own?.release;
  const written = entry.image ?? `${registry}/${name}:${tag}`;
  const mounts = mountsOf(name, entry, own?.volumes ?? {}, digests);
  const autoscaler = isPersistent(mounts)
    ? undefined
    : autoscalerOf(entry.autoscaler, own?.autoscaler, defaults.autoscaler);
  return {
    name,
    ...kindOf(entry, catalog),
    image: imageOf(written, { tag: own?.tag, digest: digests[name] }),
    ownImage: entry.image !== undefined,
    ...(entry.command && { command: entry.command }),
    ...(entry.args && { args: entry.args }),
    environment: environmentOf(entry, own?.environment),
    version: own?.version ?? FIRST_VERSION,
    ...(release && {
      release: {
        strategy: release.strategy,
        version: release.version,
        weight: release.weight,
        ...(release.steps && { steps: release.steps }),
        ...(release.replicas && { replicas: release.replicas }),
        schema: release.schema,
        image: imageOf(written, { tag: release.tag, digest: release.digest }),
      },
    }),
    ...(autoscaler && { autoscaler }),
    replicas: replicasOf(defaults.replicas, own?.replicas ?? {}, {
      isScaled: !!autoscaler,
      isAlone: isPersistent(mounts),
    }),
    ...mounts,
    resources: {
      requests: { ...defaults.resources.requests, ...definedOnly(own?.resources.requests ?? {}) },
      limits: { ...defaults.resources.limits, ...definedOnly(own?.resources.limits ?? {}) },
    },
    routes: entry.routes ?? [],
    balancing: entry.balancing ?? "round_robin",
    logins: loginsOf(name, uses),
    usesCache: uses.some(({ kind }) => kind === "cache"),
    usesQueue: uses.some(({ kind }) => kind === "queue"),
    calls: uses.flatMap((use) => (use.kind === "service" ? [use.service] : [])),
    extras: extrasIn(uses),
    externals: uses.flatMap((use) =>
      use.kind === "external" ? [{ host: configuration[use.host] ?? use.host, port: use.port }] : [],
    ),
    secrets: entry.secrets ?? [],
    configuration: entry.configuration ?? [],
    serviceAccountAnnotations: { ...entry.serviceAccountAnnotations, ...own?.serviceAccountAnnotations },
    cloudMetadata: entry.cloudMetadata ?? false,
    ...(entry.transform && { transform: entry.transform as Transforms }),
  };
}

/** A fixed number is the least one, whatever the most of all services is. What an environment says of one service counts. */
function replicasOf(
  { min, max }: ServicePlan["replicas"],
  own: Partial<ServicePlan["replicas"]>,
  { isScaled, isAlone }: { isScaled: boolean; isAlone: boolean },
): ServicePlan["replicas"] {
  const least = own.min ?? (isAlone ? 1 : min);
  return { min: least, max: own.max ?? (isScaled ? max : least) };
}

function configurationOf(catalog: Catalog, settings: Settings): Record<string, string | undefined> {
  return Object.fromEntries(
    Object.entries(catalog.configuration ?? {}).map(([key, value]) => [
      key,
      settings.configuration[key] ?? (value === perEnvironment ? undefined : value),
    ]),
  );
}

/** The entry's variables, with the environment's own values. */
function environmentOf(
  { environment = {} }: ServiceEntry,
  own: Readonly<Record<string, string>> = {},
): ServicePlan["environment"] {
  const written = Object.entries(environment).map(([key, value]) => [
    key,
    value === perEnvironment ? undefined : value,
  ]);
  return { ...Object.fromEntries(written), ...own };
}

function databasesOf(services: readonly WorkloadPlan[]): DatabasePlan[] {
  const byName = new Map<string, string[]>();
  for (const { name, logins } of services) {
    for (const { database } of logins) byName.set(database, [...(byName.get(database) ?? []), name]);
  }
  return [...byName].map(([name, services]) => ({ name, services }));
}

function mapValues<K extends string, T, R>(record: Record<K, T>, change: (value: T) => R): Record<K, R> {
  return Object.fromEntries(
    Object.entries(record).map(([key, value]) => [key, change(value as T)]),
  ) as Record<K, R>;
}

function deepFreeze<T>(value: T): T {
  if (typeof value === "object" && value !== null) Object.values(Object.freeze(value)).forEach(deepFreeze);
  return value;
}
