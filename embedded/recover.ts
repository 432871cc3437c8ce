import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { UserError } from "../model/user-error";
import { nameOf } from "../operations/events/stack-events";
import {
  adopt,
  COLUMNS,
  type Exported,
  type FoundObject,
  foundObject,
  type PendingOperation,
  pendingCreates,
  wasInterrupted,
} from "../operations/stack/pending-creates";
import { end, identify, processes, procFile, runs, signal, until } from "./cluster/processes";
import { type Report, run } from "./command";
import { stackEnvironment } from "./environment";
import { kubeconfig, stateDir } from "./paths";
import { pulumi, STARTED_BY, type Stack, stateOf } from "./stack";

/** Milliseconds that a Pulumi left behind by a killed command has to end in order. */
const GRACE = 10_000;

/**
 * Makes a stack usable after a run that was killed: removes the lock it left, and finds out which of the
 * resources it was creating exist. To be called only while no other command works on the cluster.
 * @throws {UserError} when another Pulumi is at work on the stack
 */
export async function recover(stack: Stack, report: Report): Promise<void> {
  await endLeftovers(report);
  await removeLock(stack, report);
  if (wasInterrupted(stateOf(stack.file))) await settlePendingOperations(stack, report);
}

/**
 * Ends what a killed command left running: Pulumi, its language host, its plugins. To be called only while no
 * other command works on the cluster.
 */
export async function endLeftovers(report: Report): Promise<void> {
  const left = processes().filter(({ pid }) => ![undefined, process.pid].includes(starterOf(pid)));
  // Pulumi itself first: it writes down how far it came, and ends the others.
  const pulumis = left.filter(({ pid }) => isPulumi(pid));
  for (const group of [pulumis, left.filter((one) => !pulumis.includes(one))]) {
    const running = group.filter(runs);
    if (running.length === 0) continue;
    report(`ending process ${running.map(({ pid }) => pid).join(", ")} of an interrupted run`);
    await end(running, GRACE);
  }
}

/**
 * Lets the Pulumi that this process started end in order: it cancels what it does and removes its lock.
 * @param name the signal to ask it with; none when it has got one already
 * @returns whether there was one
 */
export async function endOwnPulumi(name?: NodeJS.Signals): Promise<boolean> {
  const own = processes().filter(({ pid }) => starterOf(pid) === process.pid && isPulumi(pid));
  if (name) for (const { pid } of own) signal(pid, name);
  await until(() => !own.some(({ pid }) => isPulumi(pid)), GRACE);
  return own.length > 0;
}

/** Process id of the command of ours that started a process, or a process above it. */
function starterOf(pid: number): number | undefined {
  const entries = procFile(pid, "environ")?.split("\0");
  const entry = entries?.find((entry) => entry.startsWith(`${STARTED_BY}=`));
  return entry ? Number(entry.slice(STARTED_BY.length + 1)) : undefined;
}

/** Pulumi's own lock is a file, which stays when its process is killed. */
async function removeLock(stack: Stack, report: Report): Promise<void> {
  const { project, file } = stack;
  const folder = join(stateDir, ".pulumi", "locks", "organization", project, file.stack);
  const locks = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith(".json")) : [];
  if (locks.length === 0) return;
  for (const lock of locks) {
    const { pid } = JSON.parse(readFileSync(join(folder, lock), "utf8")) as { pid: number };
    if (!isPulumi(pid)) continue;
    throw new UserError(`pulumi is at work on stack ${file.stack}: process ${pid}`, "wait for it to end");
  }
  report("removing the lock of an interrupted run");
  await pulumi(stack, ["cancel", "--yes", "--stack", file.stack]);
}

function isPulumi(pid: number): boolean {
  // One that has ended keeps its name until its parent has taken notice.
  return identify(pid) !== undefined && procFile(pid, "comm")?.trim() === "pulumi";
}

/**
 * A resource whose creation was interrupted may exist although the state does not know it, and would then be
 * in the way of its own creation. What the cluster has is taken into the state; the rest is forgotten and will
 * be created again. (`pulumi refresh --import-pending-creates` only forgets.) What was being updated will be updated again.
 */
async function settlePendingOperations(stack: Stack, report: Report): Promise<void> {
  const args = ["--stack", stack.file.stack];
  const exported = JSON.parse(await pulumi(stack, ["stack", "export", ...args])) as Exported;
  const found = new Map<string, FoundObject>();
  for (const operation of pendingCreates(exported.deployment)) {
    const { urn } = operation.resource;
    const object = await findInCluster(operation, stack);
    if (object) found.set(urn, object);
    report(`${nameOf(urn)} ${object ? "exists" : "does not exist"} after the interrupted run`);
  }
  const { deployment, leftOver } = adopt(exported.deployment, found);
  for (const urn of leftOver) report(`${nameOf(urn)}: a half-made replacement is left over in the cluster`);
  await pulumi(stack, ["stack", "import", ...args], JSON.stringify({ ...exported, deployment }));
}

/** The object, if the cluster has it. Only Kubernetes objects can be looked up; anything else starts anew. */
async function findInCluster(
  { resource }: PendingOperation,
  { tools }: Stack,
): Promise<FoundObject | undefined> {
  const { apiVersion, kind, metadata } = resource.inputs ?? {};
  if (!resource.type.startsWith("kubernetes:") || !metadata?.name) return undefined;
  const { name, namespace } = metadata;
  const columns = `custom-columns=${COLUMNS.map((field) => `:.${field}`).join(",")}`;
  const query = ["get", "--filename=-", "--ignore-not-found", "--no-headers", "--output", columns];
  const line = await run(tools.path("kubectl"), ["--kubeconfig", kubeconfig, ...query], {
    log: "recover",
    env: stackEnvironment(tools),
    input: JSON.stringify({ apiVersion, kind, metadata: { name, namespace } }),
  });
  return foundObject(line);
}
