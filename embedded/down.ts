import { createInterface } from "node:readline/promises";
import { UserError } from "../model/user-error";
import { formatSeconds } from "../operations/format-seconds";
import { purgeCluster, stopCluster } from "./cluster";
import { requireOwnMachine } from "./cluster/claim";
import { withLock } from "./lock";
import { clusterDir } from "./paths";
import { runPhases } from "./phases";
import { endLeftovers } from "./recover";

/** Stops everything that `make up` started. The data stays. */
export function down(): Promise<void> {
  return withLock("make down", async () => {
    const [stopped] = await runPhases([{ title: "Stop the cluster", run: stop }]);
    console.log(`Stopped in ${formatSeconds(stopped?.seconds ?? 0)}; the data stays in ${clusterDir}`);
  });
}

/**
 * Stops everything and deletes the cluster with all its data; what was built or downloaded stays.
 * @throws {UserError} when the user does not agree to that
 */
export async function purge(): Promise<void> {
  if (process.env.YES !== "1" && !(await agreed())) {
    throw new UserError(`nothing was deleted: you did not agree`, "answer y, or run: make purge YES=1");
  }
  await withLock("make purge", async () => {
    await runPhases([
      { title: "Stop the cluster", run: stop },
      { title: "Delete its data", run: (report) => purgeCluster(report) },
    ]);
  });
}

async function stop(report: (line: string) => void): Promise<void> {
  // What was left behind may be another HOME's.
  requireOwnMachine();
  await endLeftovers(report);
  await stopCluster(report);
}

async function agreed(): Promise<boolean> {
  if (!process.stdin.isTTY) return false;
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  const answer = await terminal.question(`Delete the cluster and every volume in ${clusterDir}? [y/N] `);
  terminal.close();
  return /^y(es)?$/i.test(answer.trim());
}
