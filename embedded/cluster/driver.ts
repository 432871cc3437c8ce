import { existsSync, readFileSync } from "node:fs";
import { UserError } from "../../model/user-error";
import { writePrivately } from "./files";
import { kindCanRun } from "./kind";
import { driverFile } from "./layout";

/** How the cluster is made: of this machine itself, or by kind in a Docker container. */
export type Driver = "node" | "kind";
const drivers: Driver[] = ["node", "kind"];

/**
 * kind where Docker runs and its images can be had, else this machine; the environment variable `EMBEDDED_CLUSTER` decides otherwise. A
 * cluster that exists keeps the driver it was made with.
 * @throws {UserError} when the variable names something else, or another than the existing cluster's
 */
export async function chooseDriver(): Promise<Driver> {
  const chosen = chosenDriver();
  const wanted = process.env.EMBEDDED_CLUSTER;
  if (wanted && !drivers.includes(wanted as Driver)) {
    throw new UserError(
      `EMBEDDED_CLUSTER is ${wanted}`,
      `set it to one of ${drivers.join(", ")}, or unset it`,
    );
  }
  if (wanted && chosen && wanted !== chosen) {
    throw new UserError(
      `EMBEDDED_CLUSTER is ${wanted}, but the cluster was made with ${chosen}`,
      "run make purge first: it deletes the cluster with its data",
    );
  }
  return chosen ?? (wanted as Driver | undefined) ?? ((await kindCanRun()) ? "kind" : "node");
}

/** The driver that the existing cluster was made with. */
export function chosenDriver(): Driver | undefined {
  return existsSync(driverFile) ? (readFileSync(driverFile, "utf8") as Driver) : undefined;
}

/** Holds on to the driver for as long as the cluster exists. */
export function keepDriver(driver: Driver): void {
  writePrivately(driverFile, driver);
}
