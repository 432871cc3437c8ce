import type { Report } from "../command";
import { clusterDir } from "../paths";
import { existingDriver } from "./drivers";
import { podLogsDir } from "./layout";
import { removeTree } from "./storage/mounts";

export type { Driver } from "./driver";
export { chooseDriver, keepDriver } from "./drivers";
export { currentExtras, type Extras, together } from "./extras";
export type { Forwards } from "./network/ports";

/** See {@link Driver.stop}. */
export async function stopCluster(report: Report): Promise<void> {
  await (await existingDriver()).stop(report);
}

/** Stops the cluster and deletes its data, images and volumes included. */
export async function purgeCluster(report: Report): Promise<void> {
  const driver = await existingDriver();
  await driver.stop(report);
  await driver.remove(report);
  for (const folder of [clusterDir, podLogsDir]) removeTree(folder);
}

/** See {@link Driver.isRunning}. */
export async function clusterRunning(): Promise<boolean> {
  return (await existingDriver()).isRunning();
}
