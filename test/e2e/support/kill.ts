import { setTimeout as sleep } from "node:timers/promises";
import { KubernetesObjectApi } from "@kubernetes/client-node";
import type { ResultPromise } from "execa";
import { identify, processes, signal } from "../../../embedded/cluster/processes";
import { nameOf } from "../../../operations/events/stack-events";
import { cluster } from "./cluster";
import type { State } from "./temporary-stack";

/** Operations of Pulumi's that have begun, such as `creating Namespace small-namespace`; components are no objects. */
export const pendingIn = (state: State): string[] => operationsOf(state).map(({ name }) => name);

const operationsOf = ({ pending_operations = [] }: State) =>
  pending_operations
    .filter(({ resource }) => resource.custom)
    .map(({ type, resource }) => ({ name: `${type} ${nameOf(resource.urn)}`, resource }));

/** Where an `up` is killed. */
export interface Moment {
  /** The operation that has begun, see {@link pendingIn}; the first that matches. */
  operation: RegExp;
  /** Reads the state as it is on the disk. */
  checkpoint: () => Promise<State>;
}

/** Seconds until an operation has to have begun. */
const PATIENCE = 120;

/** Milliseconds that Pulumi runs between two looks. */
const SLICE = 5;

/**
 * Waits until an operation has begun, and until what it creates exists: then Pulumi alone does not know it yet. Pulumi
 * and its Kubernetes provider end there and then, as with `kill -9`.
 * @param started `pulumi up`, or what runs it
 * @returns the operation
 */
export async function killDuring({ operation, checkpoint }: Moment, started: ResultPromise): Promise<string> {
  const { pid } = started;
  if (pid === undefined) throw new Error(`not started: ${(await started).originalMessage}`);
  let isOver = false;
  void started.then(() => {
    isOver = true;
  });
  let pulumis: number[] = [];
  const signalPulumi = (name: NodeJS.Signals) => {
    // All processes are read when those are gone that were found: it takes longer than many an operation.
    if (!pulumis.some(runs)) pulumis = pulumisOf(pid).map((process) => process.pid);
    for (const pulumi of pulumis) signal(pulumi, name);
  };
  const kill = async () => {
    for (const { pid: victim } of [...pulumisOf(pid), ...providersOf(pid)]) signal(victim, "SIGKILL");
    return started;
  };
  const begun = async () => operationsOf(await checkpoint()).find(({ name }) => operation.test(name));

  // While it is stopped it cannot take note of what its provider has created: it runs in slices that are shorter than
  // any operation, however busy the machine is.
  for (const end = Date.now() + PATIENCE * 1000; ; signalPulumi("SIGCONT"), await sleep(SLICE)) {
    signalPulumi("SIGSTOP");
    const found = await begun();
    if (found && (!found.name.startsWith("creating") || (await exists(found.resource.inputs)))) {
      await kill();
      return found.name;
    }
    if (isOver) throw new Error(`it ended before ${operation}: ${(await started).all}`);
    if (Date.now() > end) throw new Error(`no ${operation} within ${PATIENCE} s: ${(await kill()).all}`);
  }
}

/** Whether the cluster has the object that a resource describes. */
async function exists(inputs: any): Promise<boolean> {
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
