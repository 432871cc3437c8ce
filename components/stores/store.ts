import type { StorePlan } from "../../model/plan";
import type { PlatformContext } from "../kube/context";
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
