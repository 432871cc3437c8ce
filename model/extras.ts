import type { Catalog, ExtraEntry } from "./catalog";
import type { Resources } from "./container-resources";

/** A workload of a team's own, as far as the platform has to know it. */
export interface ExtraPlan {
  /** Value of the `app` label of its pods, and name of its ServiceAccount and Service. */
  name: string;
  ports: readonly number[];
  /** Pods at once, at most. */
  pods: number;
  /** Of one pod. */
  resources: Resources;
  /** Sizes of its volumes. */
  volumes: readonly string[];
  calls: string[];
  extras: { name: string; port: number }[];
  usesCache: boolean;
  usesQueue: boolean;
  externals: { host: string; port: number }[];
  secrets: readonly string[];
}

/** What a catalog says of the workloads beside its services. Pure. */
export function extrasOf(
  { extras = {} }: Pick<Catalog, "extras">,
  configuration: Readonly<Record<string, string | undefined>>,
): ExtraPlan[] {
  return Object.entries(extras).map(([name, entry]) => planExtra(name, entry, configuration));
}

function planExtra(
  name: string,
  { ports = [], pods = 1, resources, volumes = [], uses = [], secrets = [] }: ExtraEntry,
  configuration: Readonly<Record<string, string | undefined>>,
): ExtraPlan {
  return {
    name,
    ports,
    pods,
    resources,
    volumes,
    secrets,
    calls: uses.flatMap((use) => (use.kind === "service" ? [use.service] : [])),
    extras: extrasIn(uses),
    usesCache: uses.some(({ kind }) => kind === "cache"),
    usesQueue: uses.some(({ kind }) => kind === "queue"),
    externals: uses.flatMap((use) =>
      use.kind === "external" ? [{ host: configuration[use.host] ?? use.host, port: use.port }] : [],
    ),
  };
}

/** The edges that lead to workloads of one's own. */
export const extrasIn = (uses: readonly { kind: string; extra?: string; port?: number }[]) =>
  uses.flatMap(({ kind, extra, port }) => (kind === "extra" && extra && port ? [{ name: extra, port }] : []));
