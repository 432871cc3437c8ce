import type { StorePlan } from "../../model/plan";
import type { PlatformContext } from "../kube/context";
import type { Ca } from "./ca";

/** What every data store is given. */
export interface StoreArgs extends PlatformContext, StorePlan {
  /** Who signs its certificate. */
  ca: Ca;
}
