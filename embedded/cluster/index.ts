import type { Report } from "../command";
import { clusterDir } from "../paths";
import type { Toolchain } from "../toolchain";
import { isClaimed, requireOwnMachine } from "./claim";
import { chooseDriver, chosenDriver, keepDriver } from "./driver";
import type { Extras } from "./extras";
import { deleteKind, kindRuns, startKind, stopKind } from "./kind";
import { podLogsDir } from "./layout";
import { nodeRuns, startNode, startRuntime, stopNode } from "./node";
import { removeTree } from "./storage/mounts";

export { chooseDriver, type Driver } from "./driver";
export { currentExtras, type Extras, together } from "./extras";
export type { Forwards } from "./network/ports";
export { preflight } from "./preflight";

/** Brings the cluster up, or up again: starts what does not run, leaves the rest alone. Ends with a ready node. */
export async function startCluster(tools: Toolchain, extras: Extras, report: Report): Promise<void> {
  const driver = await chooseDriver();
  keepDriver(driver);
  if (driver === "kind") await startKind(tools, extras, report);
  else await startNode(tools, extras, report);
}

/** Brings up the container runtime alone, so that images can be imported while the rest starts. */
export async function startContainerd(report: Report): Promise<void> {
  const driver = await chooseDriver();
  keepDriver(driver);
  if (driver === "node") await startRuntime(report);
}

/** Leaves no process, mount, device, rule or file outside the cache behind; the cluster's data stays. */
export async function stopCluster(report: Report): Promise<void> {
  if (chosenDriver() === "kind") {
    if (kindRuns()) await stopKind();
    return;
  }
  requireOwnMachine();
  if (isClaimed()) await stopNode(report);
}

/** Stops the cluster and deletes its data, images and volumes included. */
export async function purgeCluster(report: Report): Promise<void> {
  await stopCluster(report);
  if (chosenDriver() === "kind") await deleteKind(report);
  for (const folder of [clusterDir, podLogsDir]) removeTree(folder);
}

/**
 * Whether the cluster's processes run.
 * @throws {UserError} when those of another cache directory's cluster are on this machine
 */
export function clusterRunning(): boolean {
  if (chosenDriver() === "kind") return kindRuns();
  requireOwnMachine();
  return nodeRuns();
}
