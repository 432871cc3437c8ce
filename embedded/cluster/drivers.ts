import { existsSync, readFileSync } from "node:fs";
import { UserError } from "../../model/user-error";
import { dockerAnswers, nodeImageIsThere } from "./docker";
import type { Driver, DriverName } from "./driver";
import { writePrivately } from "./files";
import { driverFile } from "./layout";

/** Only the one in use is loaded. */
const drivers: Record<DriverName, () => Promise<Driver>> = {
  node: async () => (await import("./node-driver")).nodeDriver,
  kind: async () => (await import("./kind-driver")).kindDriver,
};

/**
 * kind where Docker runs, else this machine; the environment variable `EMBEDDED_CLUSTER` decides otherwise. A cluster that
 * exists keeps the driver it was made with.
 * @throws {UserError} when the variable names something else, or another than the existing cluster's, or Docker runs and
 *   has no way to kind's image: whoever has Docker does not expect the machine itself to become a node
 */
export async function chooseDriver(): Promise<Driver> {
  const kept = keptDriver();
  const requested = process.env.EMBEDDED_CLUSTER;
  if (requested && !Object.hasOwn(drivers, requested)) {
    throw new UserError(
      `EMBEDDED_CLUSTER is ${requested}`,
      `set it to one of ${Object.keys(drivers).join(", ")}, or unset it`,
    );
  }
  if (requested && kept && requested !== kept) {
    throw new UserError(
      `EMBEDDED_CLUSTER is ${requested}, but the cluster was made with ${kept}`,
      "run make purge first: it deletes the cluster with its data",
    );
  }
  const decided = kept ?? (requested as DriverName | undefined);
  if (decided) return drivers[decided]();
  if (!(await dockerAnswers())) return drivers.node();
  if (await nodeImageIsThere()) return drivers.kind();
  throw new UserError(
    "Docker runs here, but cannot get the image of kind's node",
    "check its way to the registry; or have this machine itself made a node: EMBEDDED_CLUSTER=node make up",
  );
}

/** The driver that the existing cluster was made with; this machine's where there is none, to look after leftovers. */
export function existingDriver(): Promise<Driver> {
  return drivers[keptDriver() ?? "node"]();
}

/** Holds on to the driver for as long as the cluster exists. */
export function keepDriver({ name }: Driver): void {
  writePrivately(driverFile, name);
}

function keptDriver(): DriverName | undefined {
  return existsSync(driverFile) ? (readFileSync(driverFile, "utf8") as DriverName) : undefined;
}
