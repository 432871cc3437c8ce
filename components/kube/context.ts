import type * as pulumi from "@pulumi/pulumi";
import type { Plan } from "../../model/plan";
import type { Checksum } from "./checksum";

/** What every component of a platform is given: where it is, and what holds for the whole environment. */
export interface PlatformContext {
  /** Namespace of every object; whoever uses it waits until it exists. */
  namespace: pulumi.Input<string>;
  /** What the names of the cluster's Services end with, such as `cluster.local`. */
  clusterDomain: string;
  /** Name of the platform, for the labels. */
  platform: string;
  tier: Plan["tier"];
  images: Plan["images"];
  scheduling: Plan["scheduling"];
  /** Names of the Secrets that images are pulled with. */
  pullSecrets: Plan["pullSecrets"];
  /** Name of the StorageClass of every volume. @default the cluster's default */
  storageClass?: string;
  /** Whether `pulumi up` and `destroy` refuse to delete passwords and volumes. */
  protect: boolean;
  /** Fingerprints for pod templates: pods roll when what they read changes. */
  checksum: Checksum;
  /** Annotations of every pod: what its sidecar may take, and what it tells. @default none, outside a mesh */
  sidecar: Readonly<Record<string, string>>;
  /** Names of the PriorityClasses: under pressure services go before the data stores. */
  priorities: { data: string; services: string };
}
