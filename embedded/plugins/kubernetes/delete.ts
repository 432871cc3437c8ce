import type { Properties } from "../protocol/index";
import { objectPath, type Writer } from "./apply";
import { deadline } from "./deadline";
import { isNotFound } from "./errors";
import { annotation, annotations, type KubeObject, listAt, title } from "./object";
import { follow } from "./watch";

/** Kinds whose delete does not wait with `pulumi.com/skipAwait`, as with the official plugin. */
const skippable: ReadonlySet<string> = new Set([
  "Namespace",
  "Pod",
  "ReplicationController",
  "Deployment",
  "StatefulSet",
  "DaemonSet",
  "Job",
]);

/** Seconds until a delete gives up. */
export const DELETE_TIMEOUT = 600;

/**
 * Deletes the object and waits until it is gone, dependents first unless the annotation says another policy.
 * What is gone already, or whose kind is gone, is fine.
 * @throws when it is still there in the end, with the finalizers that hold it
 */
export async function deleteObject(
  writer: Writer,
  object: KubeObject,
  inputs: Properties,
  timeout: number,
): Promise<void> {
  let path: string;
  let answer: Partial<KubeObject>;
  try {
    path = await objectPath(writer, object);
    answer = await writer.client.request<Partial<KubeObject>>("DELETE", path, {
      query: { propagationPolicy: policyOf(inputs) },
    });
  } catch (error) {
    if (isNotFound(error)) return;
    throw error;
  }
  // Nothing holds it: the answer is a Status instead of the object.
  if (answer.kind === "Status") return;
  if (annotation(inputs, annotations.skipAwait) === "true" && skippable.has(object.kind)) return;
  writer.onStatus("waiting until it is gone");
  await untilGone(writer, object, path, timeout);
}

async function untilGone(writer: Writer, object: KubeObject, path: string, timeout: number): Promise<void> {
  const wait = deadline(writer.signal, timeout);
  const collection = path.slice(0, path.lastIndexOf("/"));
  const target = { path: collection, fieldSelector: `metadata.name=${object.metadata.name}` };
  const uid = object.metadata.uid;
  let last: KubeObject | undefined = object;
  await follow(writer.client, target, wait.signal, (objects) => {
    // Another one of the same name may follow at once, when a controller makes it.
    last = objects.find(({ metadata }) => !uid || metadata.uid === uid);
    if (!last) wait.end();
    else writer.onStatus(`waiting until it is gone${heldBy(last)}`);
  });
  wait.end();
  if (!last) return;
  if (writer.signal.aborted) throw new Error(`cancelled while ${title(object)} was being deleted`);
  throw new Error(`${title(object)} is still there ${timeout} s after it was deleted${heldBy(last)}`);
}

function heldBy(object: KubeObject): string {
  const holders = [
    ...listAt<string>(object, "metadata", "finalizers"),
    ...listAt<string>(object, "spec", "finalizers"),
  ];
  return holders.length > 0 ? `; held by ${holders.join(", ")}` : "";
}

function policyOf(inputs: Properties): string {
  switch (annotation(inputs, annotations.deletionPolicy)?.toLowerCase()) {
    case "orphan":
      return "Orphan";
    case "background":
      return "Background";
    default:
      return "Foreground";
  }
}
