import { CoreV1Api, type KubeConfig, type V1ContainerStatus, type V1Pod } from "@kubernetes/client-node";
import type { Plan } from "../../model/plan";
import { shortName } from "../../model/versions";
import type { Stack } from "../stack/stack-file";

/** Digests by the name of a service or job, else by the last part of an image's name: `{ "auth-service": "sha256:…" }`. */
export type Digests = Record<string, string>;

/** What the pods of a stack run. */
export interface Running {
  digests: Digests;
  /** Why an image cannot be told by one digest; one line each. */
  problems: string[];
}

const DIGEST = /@(sha256:[0-9a-f]{64})$/;

/** Every image that a plan runs: without the canaries, which are no release yet, and with what stands beside them. */
export function imagesOf({ images, services, jobs }: Plan): string[] {
  const own = [...services, ...jobs].map(({ image }) => image);
  const beside = services.flatMap(({ containers }) => containers.map(({ image }) => image));
  return [...new Set([...Object.values(images), ...own, ...beside])];
}

/** What the digest of an image is known by: the services and jobs that run it, or the last part of its name. */
export function keysOf(image: string, { services, jobs }: Plan): string[] {
  const own = [...services, ...jobs].filter((one) => one.image === image).map(({ name }) => name);
  return own.length > 0 ? own : [shortName(image)];
}

/** Asks the cluster. */
export async function readRunning(cluster: KubeConfig, { plan }: Pick<Stack, "plan">): Promise<Running> {
  const { items } = await cluster.makeApiClient(CoreV1Api).listNamespacedPod({ namespace: plan.namespace });
  return runningIn(items, plan);
}

/** A container, and what the node says that it runs. */
interface Found {
  /** As the pod asks for it. */
  image: string;
  imageId: string;
  pod: string;
  created: number;
  /** It runs; else it has done its work, as a Job or an init container. */
  serves: boolean;
}

/**
 * The digest of each image of the plan, as the nodes say that they run it. What serves decides: a Job that ended before a
 * tag was moved says nothing of today. Where nothing that serves runs an image, the newest that has done its work
 * does. Pods that are going, or have failed, do not count. Pure.
 */
export function runningIn(pods: readonly V1Pod[], plan: Plan): Running {
  const planned = new Set(imagesOf(plan));
  const containers = pods.filter(counts).flatMap(containersOf);
  const byImage = new Map<string, Found[]>();
  for (const image of planned) {
    const own = deciding(containers.filter((one) => one.image === image));
    if (own.length > 0) byImage.set(image, own);
  }
  const problems = new Set<string>();
  const digests: Digests = {};
  for (const [image, own] of byImage) {
    const podsOf = new Map<string, string>();
    for (const { imageId, pod } of own) {
      const digest = DIGEST.exec(imageId)?.[1];
      if (digest) podsOf.set(digest, podsOf.get(digest) ?? pod);
      else problems.add(`${image} has no digest of a registry: the node knows it as "${imageId}"`);
    }
    const [first] = podsOf.keys();
    const keys = keysOf(image, plan);
    if (first) for (const key of keys) digests[key] = first;
    if (podsOf.size > 1) problems.add(severalDigests(keys.join(", "), podsOf));
  }
  for (const { name, image } of plan.services) {
    if (!byImage.has(image)) problems.add(`${name} runs nowhere: no pod has a container with ${image}`);
  }
  return {
    digests: Object.fromEntries(Object.entries(digests).toSorted(([a], [b]) => a.localeCompare(b))),
    problems: [...problems],
  };
}

function deciding(containers: readonly Found[]): Found[] {
  const serving = containers.filter(({ serves }) => serves);
  return serving.length > 0 ? serving : containers.toSorted((a, b) => b.created - a.created).slice(0, 1);
}

function severalDigests(name: string, podsOf: ReadonlyMap<string, string>): string {
  const named = [...podsOf].map(([digest, pod]) => `${digest} (pod ${pod})`);
  return (
    `${name} runs with ${podsOf.size} digests at once: ${named.join(", ")}; ` +
    "its tag was moved, or it is being rolled out: wait for that, or restart what runs the older one"
  );
}

function counts({ metadata, status }: V1Pod): boolean {
  return !metadata?.deletionTimestamp && (status?.phase === "Running" || status?.phase === "Succeeded");
}

function containersOf({ metadata, spec, status }: V1Pod): Found[] {
  const imagesByContainer = new Map(
    [...(spec?.containers ?? []), ...(spec?.initContainers ?? [])].map(({ name, image }) => [
      name,
      image ?? "",
    ]),
  );
  const isRunning = status?.phase === "Running";
  const found = ({ name, imageID }: V1ContainerStatus, serves: boolean): Found => ({
    image: imagesByContainer.get(name) ?? "",
    imageId: imageID,
    pod: metadata?.name ?? "",
    created: Number(metadata?.creationTimestamp ?? 0),
    serves,
  });
  return [
    ...(status?.containerStatuses ?? []).map((one) => found(one, isRunning)),
    // One that has ended ran when its pod began; a sidecar goes on.
    ...(status?.initContainerStatuses ?? []).map((one) =>
      found(one, isRunning && one.state?.running !== undefined),
    ),
  ];
}

/** What differs between two tables of digests, by name. Pure. */
export function differing(before: Digests, after: Digests): string[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
  return names.filter((name) => before[name] !== after[name]);
}
