import { urlOf } from "../../model/plan";
import { type ExitCode, exitCodes } from "../exit-codes";
import { clusterOf } from "../stack/cluster";
import { readStack } from "../stack/stack-file";
import { formatStatus } from "../status";
import { listWorkloads } from "../workloads";

/**
 * Prints how a stack is, on the cluster that its file names.
 * @returns `done` when everything is ready, else `failed`
 */
export async function stackStatus(name: string, { json }: { json?: boolean }): Promise<ExitCode> {
  const stack = readStack(name);
  const workloads = await listWorkloads(clusterOf(stack), stack.plan.namespace);
  const ready = workloads.length > 0 && workloads.every((workload) => workload.ready);
  const status = { ready, workloads, daemons: [], urls: [urlOf(stack.plan)] };
  console.log(json ? JSON.stringify(status, undefined, 2) : formatStatus(status));
  return ready ? exitCodes.done : exitCodes.failed;
}
