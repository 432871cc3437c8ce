import { Refusal } from "../errors";
import { trustedCAsOf } from "../server-certificate";
import { changesOf, describeChange, readOutputs } from "../stack/automation";
import { clusterOf } from "../stack/cluster";
import { readStack } from "../stack/stack-file";
import { listWorkloads } from "../workloads";
import { readAlertProblems } from "./alerts";
import { readCheckout } from "./commit";
import { frontDoorProblem } from "./front-door";
import { readRunning } from "./images";
import { RECORD_NAME, type VerifiedRecord, writeRecord } from "./record";
import { readSidecarProblems } from "./sidecars";

/** How many pending changes are named. */
const MOST_CHANGES = 10;

/**
 * Checks that a stack runs what this commit says, and that it works: the checkout is clean, nothing is pending, every
 * workload is ready, with a native sidecar in a mesh, the front door answers, no alert pages, and each image has one
 * digest. Then records it in the cluster.
 * @throws {Refusal} with everything that is not so
 */
export async function verify(name: string, { json }: { json?: boolean }): Promise<VerifiedRecord> {
  const stack = readStack(name);
  const cluster = clusterOf(stack);
  const { commit, changed } = await readCheckout();
  const outputs = await readOutputs(stack);
  const [workloads, door, running, sidecars, alerts] = await Promise.all([
    listWorkloads(cluster, stack.plan.namespace),
    outputs.url
      ? frontDoorProblem(outputs.url, outputs.certificate ?? (await trustedCAsOf(cluster, stack.plan)))
      : `no url: run pulumi up --stack ${name}`,
    readRunning(cluster, stack),
    readSidecarProblems(cluster, stack),
    readAlertProblems(cluster, stack.plan.namespace),
  ]);
  const problems = [
    ...changed.map((path) => `${path} is not committed: commit it, and bring it up before you verify`),
    ...(workloads.length === 0 ? ["nothing runs in its namespace"] : []),
    ...workloads
      .filter(({ ready }) => !ready)
      .map(({ kind, name, reason }) => `${kind} ${name} is not ready: ${reason}`),
    ...(door ? [`front door: ${door}`] : []),
    ...running.problems,
    ...sidecars,
    ...alerts,
  ];
  // It takes the longest, and says little about a stack that does not even run.
  if (problems.length === 0) problems.push(...summarised((await changesOf(stack)).map(describeChange), name));
  if (problems.length > 0)
    throw new Refusal(`stack ${name} is not verified, nothing was recorded:`, problems);

  const time = new Date().toISOString();
  const record = { stack: name, catalog: stack.catalog, commit, time, images: running.digests };
  await writeRecord(cluster, stack, record);
  console.log(
    json ? JSON.stringify(record, undefined, 2) : summaryOf(record, workloads.length, stack.plan.namespace),
  );
  return record;
}

function summarised(changes: readonly string[], stack: string): string[] {
  if (changes.length === 0) return [];
  const rest = changes.length - MOST_CHANGES;
  return [
    `${changes.length === 1 ? "1 change is" : `${changes.length} changes are`} pending: run pulumi up --stack ${stack}`,
    ...changes.slice(0, MOST_CHANGES).map((change) => `  ${change}`),
    ...(rest > 0 ? [`  and ${rest} more`] : []),
  ];
}

function summaryOf({ stack, commit, images }: VerifiedRecord, workloads: number, namespace: string): string {
  return [
    `Stack ${stack} is verified at commit ${commit.slice(0, 12)}:`,
    `  ${workloads} workloads are ready, the front door answers, no alert pages, nothing is pending`,
    `  ${Object.keys(images).length} images, recorded in ConfigMap ${namespace}/${RECORD_NAME}`,
  ].join("\n");
}
