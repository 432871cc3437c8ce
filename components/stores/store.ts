import type { PlatformContext } from "../context";
import type { StorePlan } from "../plan";
import type { Authority } from "./authority";

/** Where clients of a store connect. */
export interface Endpoint {
  /** DNS name inside the namespace. */
  host: string;
  port: number;
}

/** What every data store is given. */
export interface StoreArgs extends PlatformContext, StorePlan {
  /** Who signs its certificate. */
  authority: Authority;
}
