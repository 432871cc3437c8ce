import type { Resources } from "./container-resources";

/**
 * A writable folder of a service. What is in a scratch folder lives as long as its pod. A persistent one is a claim that one
 * pod at a time mounts: its service has one replica, which ends before the next one starts, and is not released by weights.
 */
export interface Volume {
  /** How long what is in it lives. */
  kind: "scratch" | "persistent";
  /** A Kubernetes quantity; of a persistent one an environment may say another, and it can grow. */
  size: string;
}

/** A container beside the service's own; it sees the same volumes and files, and has a `/tmp` of its own. */
export interface ExtraContainer {
  /** Any reference; in production by a full version or a digest. */
  image: string;
  /** In place of the image's entrypoint. @default the image's */
  command?: readonly string[];
  /** In place of the image's arguments. @default the image's */
  args?: readonly string[];
  /** Plain values by environment variable. @default none */
  environment?: Readonly<Record<string, string>>;
  /** What it asks for and may take. @default 50m to 250m of cpu, 64Mi to 128Mi of memory */
  resources?: Resources;
}

/** What entries of every kind may say of their pods. */
export interface PodEntry {
  /** Writable folders by path: {@link scratch} or {@link persistent}. @default `/tmp` alone, of 64Mi */
  volumes?: Readonly<Record<string, Volume>>;
  /** Files that it reads, by path: their text, of 1 MiB in all at most. Pods roll when it changes. @default none */
  files?: Readonly<Record<string, string>>;
  /** Annotations of its ServiceAccount, for instance its identity at a cloud; an environment may say others. @default none */
  serviceAccountAnnotations?: Readonly<Record<string, string>>;
  /** Whether its pods may ask the cloud's metadata server, which hands out the rights of an identity. @default false */
  cloudMetadata?: boolean;
}
