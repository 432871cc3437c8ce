import { urlOf } from "../../model/plan";
import { clusterOf } from "../stack/cluster";
import { readStack } from "../stack/stack-file";
import { formatStatus } from "../status";
import { listWorkloads } from "../workloads";

/**
 * Prints how a stack is, on the cluster that its file names.
 * @returns the exit code: 0 when everything is ready, else 1
 */
export async function stackStatus(name: string, { json }: { json?: boolean }): Promise<0 | 1> {
  const stack = readStack(name);
  const workloads = await listWorkloads(clusterOf(stack), stack.plan.namespace);
  const ready = workloads.length > 0 && workloads.every((workload) => workload.ready);
  const status = { ready, workloads, daemons: [], urls: [urlOf(stack.plan)] };
  console.log(json ? JSON.stringify(status, undefined, 2) : formatStatus(status));
  return ready ? 0 : 1;
}
