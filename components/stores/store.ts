import type * as pulumi from "@pulumi/pulumi";
import type { StorePlan } from "../plan";
import type { Checksum } from "../secrets";

/** Where clients of a store connect. */
export interface Endpoint {
  /** DNS name inside the namespace. */
  host: string;
  port: number;
}

/** What every data store is given. */
export interface StoreArgs extends StorePlan {
  namespace: pulumi.Input<string>;
  /** Platform it belongs to. */
  platform: string;
  /** Whether `pulumi up` and `destroy` refuse to delete its password and its volume. */
  protect: boolean;
  checksum: Checksum;
}
