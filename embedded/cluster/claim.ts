import { dirname } from "node:path";
import { UserError } from "../../model/user-error";
import { clusterDir } from "../paths";
import { readJson, writePrivately } from "./files";
import { claimFile } from "./layout";
import { bootId } from "./processes";

/** Whose the files in /run are, and since which start of the machine: /run is not everywhere in memory. */
interface Claim {
  bootId: string;
  clusterDir: string;
}

const currentClaim = () => readJson<Claim>(claimFile);

/** Whether there is something of this cluster on the machine, be it alive or not. */
export function isClaimed(): boolean {
  return currentClaim()?.clusterDir === clusterDir;
}

/** Whether what is in /run describes processes that have ended with the machine's last start. */
export function isOutdated(): boolean {
  const claim = currentClaim();
  return claim !== undefined && claim.bootId !== bootId();
}

/**
 * To be called by whoever would say something of this cluster: under another HOME, such as sudo's, it is another one.
 * @throws {UserError} when the cluster of another cache directory is on this machine
 */
export function requireOwnMachine(): void {
  const claim = currentClaim();
  if (!claim || claim.clusterDir === clusterDir || isOutdated()) return;
  throw new UserError(
    `the embedded cluster on this machine is the one of ${claim.clusterDir}, and not of ${clusterDir}`,
    `to work on it, set XDG_CACHE_HOME=${dirname(dirname(claim.clusterDir))}; to have one here, run make down with that first`,
  );
}

/** Takes the machine for this cluster. */
export function claim(): void {
  writePrivately(claimFile, JSON.stringify({ bootId: bootId(), clusterDir } satisfies Claim));
}
