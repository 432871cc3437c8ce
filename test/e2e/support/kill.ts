import { setTimeout as sleep } from "node:timers/promises";
import { KubernetesObjectApi } from "@kubernetes/client-node";
import type { ResultPromise } from "execa";
import { identify, processes, signal } from "../../../embedded/cluster/processes";
import { nameOf } from "../../../embedded/stack-events";
import { cluster } from "./cluster";
import type { State } from "./small";

/** An operation of Pulumi's that has begun, such as `creating Namespace small-namespace`. */
export const pendingIn = ({ pending_operations = [] }: State): string[] =>
  pending_operations.map(({ type, resource }) => `${type} ${nameOf(resource.urn)}`);

/** Where an `up` is killed. */
export interface Moment {
  /** See {@link pendingIn}. */
  operation: string;
  /** Reads the state as it is on the disk. */
  checkpoint: () => Promise<State>;
}

/**
 * Waits until an operation has begun, and until what it creates exists: then Pulumi alone does not know it yet. Pulumi
 * and its Kubernetes provider end there and then, as with `kill -9`.
 * @param started `pulumi up`, or what runs it
 * @returns what was pending
 */
export async function killDuring(
  { operation, checkpoint }: Moment,
  started: ResultPromise,
): Promise<string[]> {
  const { pid } = started;
  if (pid === undefined) throw new Error(`not started: ${(await started).originalMessage}`);
  let isOver = false;
  void started.then(() => {
    isOver = true;
  });
  for (;;) {
    const state = await checkpoint();
    const pending = pendingIn(state);
    if (pending.includes(operation) && (await isReached(operation, state, pid))) {
      for (const { pid: victim } of [...pulumisOf(pid), ...providersOf(pid)]) signal(victim, "SIGKILL");
      await started;
      return pending;
    }
    if (isOver) throw new Error(`it ended before "${operation}": ${(await started).all}`);
    await sleep(10);
  }
}

/** With Pulumi stopped, so that it cannot take note of what its provider has created; it goes on if that is not there. */
async function isReached(operation: string, state: State, starter: number): Promise<boolean> {
  if (!operation.startsWith("creating")) return true;
  const begun = state.pending_operations?.find(
    ({ type, resource }) => `${type} ${nameOf(resource.urn)}` === operation,
  );
  for (const { pid } of pulumisOf(starter)) signal(pid, "SIGSTOP");
  if (await exists(begun?.resource.inputs)) return true;
  for (const { pid } of pulumisOf(starter)) signal(pid, "SIGCONT");
  return false;
}

/** Whether the cluster has the object that a resource describes. */
async function exists(inputs: any): Promise<boolean> {
  if (!inputs?.kind) return true;
  const { apiVersion, kind, metadata } = inputs;
  const found = KubernetesObjectApi.makeApiClient(cluster).read({
    apiVersion,
    kind,
    metadata: { name: metadata.name, namespace: metadata.namespace },
  });
  return found.then(
    () => true,
    ({ code }) => {
      if (code === 404) return false;
      throw new Error(`the API server does not say whether ${kind} ${metadata.name} exists: ${code}`);
    },
  );
}

const pulumisOf = (starter: number) =>
  descendantsOf(starter).filter(({ command }) => /(^|\/)pulumi$/.test(command[0] ?? ""));

const providersOf = (starter: number) =>
  descendantsOf(starter).filter(({ command }) => command[0]?.endsWith("pulumi-resource-kubernetes"));

/** A process and everything below it. */
function descendantsOf(pid: number) {
  const all = processes();
  const found = all.filter((process) => process.pid === pid);
  for (const { pid: parent } of found) found.push(...all.filter((process) => process.parent === parent));
  return found;
}

/** Whether a process that was started still runs. */
export const runs = (pid: number): boolean => identify(pid) !== undefined;
