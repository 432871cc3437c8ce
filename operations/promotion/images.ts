import { CoreV1Api, type KubeConfig, type V1Pod } from "@kubernetes/client-node";
import type { Plan } from "../../model/plan";
import { shortName } from "../../model/versions";
import type { Stack } from "../stack/stack-file";

/** Digests by the last part of an image's name: `{ "auth-service": "sha256:…" }`. */
export type Digests = Record<string, string>;

/** What the pods of a stack run. */
export interface Running {
  digests: Digests;
  /** Why an image cannot be told by one digest; one line each. */
  problems: string[];
}

const DIGEST = /@(sha256:[0-9a-f]{64})$/;

/** Every image that a plan runs: without the canaries, which are no release yet, and with what stands beside them. */
export function imagesOf({ images, services }: Plan): string[] {
  return [...new Set([...Object.values(images), ...services.map(({ image }) => image)])];
}

/** Asks the cluster. */
export async function readRunning(cluster: KubeConfig, { plan }: Pick<Stack, "plan">): Promise<Running> {
  const { items } = await cluster.makeApiClient(CoreV1Api).listNamespacedPod({ namespace: plan.namespace });
  return runningIn(items, plan);
}

/**
 * The digest of each image of the plan, as the nodes say that they run it. Pods that are going, or have failed,
 * do not count; those that have done their work do. Pure.
 */
export function runningIn(pods: readonly V1Pod[], plan: Plan): Running {
  const wanted = new Set(imagesOf(plan));
  const found = new Map<string, Set<string>>();
  const problems = new Set<string>();
  for (const { image, imageId } of pods.filter(counts).flatMap(containersOf)) {
    if (!wanted.has(image)) continue;
    const digest = DIGEST.exec(imageId)?.[1];
    if (digest) found.set(shortName(image), (found.get(shortName(image)) ?? new Set()).add(digest));
    else problems.add(`${image} has no digest of a registry: the node knows it as "${imageId}"`);
  }
  for (const [name, digests] of found) {
    if (digests.size > 1)
      problems.add(`${name} runs with ${digests.size} digests at once: ${[...digests].join(", ")}`);
  }
  for (const { name, image } of plan.services) {
    if (!found.has(name)) problems.add(`${name} runs nowhere: no pod has a container with ${image}`);
  }
  const digests = [...found].map(([name, [digest = ""]]) => [name, digest] as const);
  return {
    digests: Object.fromEntries(digests.toSorted(([a], [b]) => a.localeCompare(b))),
    problems: [...problems],
  };
}

function counts({ metadata, status }: V1Pod): boolean {
  return !metadata?.deletionTimestamp && (status?.phase === "Running" || status?.phase === "Succeeded");
}

/** The image that the pod asks for, and what the node says it is. */
function containersOf({ spec, status }: V1Pod): { image: string; imageId: string }[] {
  const asked = new Map(
    [...(spec?.containers ?? []), ...(spec?.initContainers ?? [])].map(({ name, image }) => [
      name,
      image ?? "",
    ]),
  );
  const statuses = [...(status?.containerStatuses ?? []), ...(status?.initContainerStatuses ?? [])];
  return statuses.map(({ name, imageID }) => ({ image: asked.get(name) ?? "", imageId: imageID }));
}

/** What differs between two tables of digests, by name. Pure. */
export function differing(before: Digests, after: Digests): string[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
  return names.filter((name) => before[name] !== after[name]);
}
