import { join } from "node:path";
import {
  ApiException,
  AppsV1Api,
  CoreV1Api,
  type KubeConfig,
  type V1Deployment,
} from "@kubernetes/client-node";
import type { Plan } from "../model/plan";
import { projectDir } from "../stacks/stack-file";
import { Refusal } from "./errors";
import { ReleaseLease } from "./release/lease";
import { clusterOf } from "./stack/cluster";
import { readStack } from "./stack/stack-file";
import { update } from "./stack/update";

/** The house rules, which every preview of the pipeline has to pass. */
const policyPack = join(projectDir, "policy");

/**
 * `pulumi up` for a pipeline: not while a release is under way, nor over one that this checkout knows nothing of, and
 * only what a preview has shown to break no house rule. No release begins before it has ended.
 * @throws {Refusal} when it must not be; nothing was changed
 */
export async function up(name: string): Promise<void> {
  const { plan } = readStack(name);
  await whileNothingIsReleased(clusterOf({ name, plan }), plan, () =>
    interruptibly((signal) => update(name, policyPack, signal)),
  );
}

/**
 * Does work that a signal brings to an orderly end, and not this process before its work. At a terminal Ctrl-C has
 * reached Pulumi by itself, and a second one would end it at once.
 */
async function interruptibly(work: (signal: AbortSignal) => Promise<void>): Promise<void> {
  const abort = new AbortController();
  const end = (name: NodeJS.Signals) => {
    if (name === "SIGTERM" || !process.stdin.isTTY) abort.abort(new Error(`interrupted by ${name}`));
  };
  process.on("SIGINT", end).on("SIGTERM", end);
  try {
    await work(abort.signal);
  } finally {
    process.off("SIGINT", end).off("SIGTERM", end);
  }
}

/**
 * Does the work with the right to release in hand. A stack that is not there yet has nothing to release.
 * @throws {Refusal} when a release is under way, or one that the plan does not have was abandoned
 */
export async function whileNothingIsReleased(
  cluster: KubeConfig,
  plan: Plan,
  work: () => Promise<void>,
): Promise<void> {
  if (!(await exists(cluster, plan.namespace))) return work();
  const lease = await ReleaseLease.takeForUpdate(cluster, plan.namespace);
  try {
    const { items } = await cluster
      .makeApiClient(AppsV1Api)
      .listNamespacedDeployment({ namespace: plan.namespace });
    const unknown = releasesBeside(plan, items);
    if (unknown.length > 0) {
      throw new Refusal(
        "a release is under way that this checkout knows nothing of, nothing was changed:",
        unknown.map(
          (service) => `${service}: commit the stack's file that has it, or npx ops release abort ${service}`,
        ),
      );
    }
    await work();
  } finally {
    await lease.release();
  }
}

/** Services with a new version beside the one in use that the plan, and so an update, would take away. Pure. */
export function releasesBeside(
  { services }: Pick<Plan, "services">,
  deployments: readonly V1Deployment[],
): string[] {
  const known = services.flatMap(({ name, release }) => (release ? [name] : []));
  return deployments
    .map(({ spec }) => spec?.selector.matchLabels ?? {})
    .flatMap(({ app = "", track }) => (track === "canary" && !known.includes(app) ? [app] : []));
}

async function exists(cluster: KubeConfig, name: string): Promise<boolean> {
  try {
    await cluster.makeApiClient(CoreV1Api).readNamespace({ name });
    return true;
  } catch (error) {
    if (error instanceof ApiException && error.code === 404) return false;
    throw error;
  }
}
