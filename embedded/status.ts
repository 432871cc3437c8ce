import { existsSync } from "node:fs";
import { ISTIO_NAMESPACE } from "../components/mesh/charts";
import { UserError } from "../model/user-error";
import { formatStatus, type Status } from "../operations/status";
import { listWorkloads } from "../operations/workloads";
import { readStackFile } from "../stacks/stack-file";
import { clusterRunning } from "./cluster";
import { runningDaemon, startedDaemons } from "./cluster/supervisor";
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
  if (!(await clusterRunning()) || !existsSync(kubeconfig)) {
    throw new UserError("the embedded cluster is not running", "start it: make up");
  }
  const workloads = await listWorkloads(kubeconfig, plan?.namespace ?? ISTIO_NAMESPACE);
  // None when kind runs the cluster.
  const daemons = startedDaemons().map((name) => ({ name, running: runningDaemon(name) !== undefined }));
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
