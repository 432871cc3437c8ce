import { existsSync, readFileSync } from "node:fs";
import { UserError } from "../../model/user-error";
import { writePrivately } from "./files";
import { dockerAnswers, nodeImageIsThere } from "./kind";
import { driverFile } from "./layout";

/** How the cluster is made: of this machine itself, or by kind in a Docker container. */
export type Driver = "node" | "kind";
const drivers: Driver[] = ["node", "kind"];

/**
 * kind where Docker runs, else this machine; the environment variable `EMBEDDED_CLUSTER` decides otherwise. A cluster that
 * exists keeps the driver it was made with.
 * @throws {UserError} when the variable names something else, or another than the existing cluster's, or Docker runs and
 *   has no way to kind's image: whoever has Docker does not expect the machine itself to become a node
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
  if (chosen ?? wanted) return chosen ?? (wanted as Driver);
  if (!(await dockerAnswers())) return "node";
  if (await nodeImageIsThere()) return "kind";
  throw new UserError(
    "Docker runs here, but cannot get the image of kind's node",
    "check its way to the registry; or have this machine itself made a node: EMBEDDED_CLUSTER=node make up",
  );
}

/** The driver that the existing cluster was made with. */
export function chosenDriver(): Driver | undefined {
  return existsSync(driverFile) ? (readFileSync(driverFile, "utf8") as Driver) : undefined;
}

/** Holds on to the driver for as long as the cluster exists. */
export function keepDriver(driver: Driver): void {
  writePrivately(driverFile, driver);
}
