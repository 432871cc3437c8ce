import { existsSync, readdirSync } from "node:fs";
import { parse } from "node:path";
import { ISTIO_NAMESPACE } from "../components/mesh/charts";
import { UserError } from "../model/user-error";
import { type Daemon, formatStatus, type Status } from "../operations/status";
import { listWorkloads } from "../operations/workloads";
import { readStackFile } from "../stacks/stack-file";
import { clusterRunning } from "./cluster";
import { daemonsDir } from "./cluster/layout";
import { runningDaemon } from "./cluster/supervisor";
import { isInternal } from "./front-door";
import { isIstio } from "./mesh-settings";
import { kubeconfig } from "./paths";
import { checkedPlan, isRehearsal } from "./settings";
import { lastOutputs } from "./stack";

/**
 * Prints how the stack is.
 * @returns the exit code: 0 when everything is ready, else 1
 * @throws {UserError} when there is no cluster
 */
export async function status(stackName: string, { json }: { json?: boolean }): Promise<0 | 1> {
  const file = readStackFile(stackName);
  const plan = isIstio(file) ? undefined : checkedPlan(file);
  if (!clusterRunning() || !existsSync(kubeconfig)) {
    throw new UserError("the embedded cluster is not running", "start it: make up");
  }
  const workloads = await listWorkloads(kubeconfig, plan?.namespace ?? ISTIO_NAMESPACE);
  const daemons = listDaemons();
  // The front door of a rehearsal is as simulated as its other pods.
  const { url } = isRehearsal(file) || (plan && isInternal(plan)) ? {} : lastOutputs(file);
  const ready =
    workloads.length > 0 &&
    workloads.every((workload) => workload.ready) &&
    daemons.every(({ running }) => running);
  const found: Status = { ready, workloads, daemons, urls: typeof url === "string" ? [url] : [] };
  console.log(json ? JSON.stringify(found, undefined, 2) : formatStatus(found));
  return ready ? 0 : 1;
}

/** Everything that was started on this machine for the cluster; nothing when kind runs it. */
function listDaemons(): Daemon[] {
  if (!existsSync(daemonsDir)) return [];
  const names = readdirSync(daemonsDir).flatMap((name) => (name.endsWith(".json") ? [parse(name).name] : []));
  return names.map((name) => ({ name, running: runningDaemon(name) !== undefined }));
}
