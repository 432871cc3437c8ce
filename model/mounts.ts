import type { ServiceEntry } from "./catalog";
import { claimOf, filesOf } from "./names";
import type { ExtraContainer } from "./pods";
import { withDigest } from "./versions";

/** A writable folder of a service. */
export interface VolumePlan {
  /** Where its containers see it. */
  path: string;
  kind: "scratch" | "persistent";
  /** A Kubernetes quantity. */
  size: string;
  /** Name of the volume in the pod. */
  name: string;
  /** Name of its claim, where it is persistent. */
  claim: string;
}

/** A file that a service reads. */
export interface FilePlan {
  path: string;
  text: string;
  /** Name of the ConfigMap that it is in, with all of the service's. */
  configMap: string;
  /** Its key in the service's ConfigMap. */
  key: string;
}

/** A container beside a service's own, every default applied. */
export type ContainerPlan = Required<ExtraContainer> & { name: string };

/** What a container gets that asks for nothing: a small proxy or a loader of files. */
const SMALL = { requests: { cpu: "50m", memory: "64Mi" }, limits: { cpu: "250m", memory: "128Mi" } };

/** What the pods of a service have beside its container. @param sizes what an environment says of its volumes */
export function mountsOf(
  service: string,
  { volumes = {}, files = {}, containers = {} }: Pick<ServiceEntry, "volumes" | "files" | "containers">,
  sizes: Readonly<Record<string, string>>,
  digests: Readonly<Record<string, string>>,
): { volumes: VolumePlan[]; files: FilePlan[]; containers: ContainerPlan[] } {
  return {
    volumes: Object.entries(volumes).map(([path, { kind, size }]) => ({
      path,
      kind,
      size: sizes[path] ?? size,
      name: `volume-${slugOf(path)}`,
      claim: claimOf(service, slugOf(path)),
    })),
    files: Object.entries(files).map(([path, text]) => ({
      path,
      text,
      configMap: filesOf(service),
      key: path.slice(1).replaceAll("/", ".."),
    })),
    containers: Object.entries(containers).map(([name, { image, ...rest }]) => ({
      name,
      image: withDigest(image, digests),
      command: [],
      args: [],
      environment: {},
      resources: SMALL,
      ...rest,
    })),
  };
}

/** A path as names of Kubernetes have it: `var-lib-app` of `/var/lib/app`. */
const slugOf = (path: string): string =>
  path
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-")
    .replaceAll(/^-|-$/g, "");
