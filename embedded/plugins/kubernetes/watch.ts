import type { Client } from "./client";
import { ApiError, isNotFound } from "./errors";
import type { KubeObject } from "./object";

/** Which objects to follow: a collection's path and, if not all of it, a selector. */
export interface WatchTarget {
  path: string;
  labelSelector?: string;
  fieldSelector?: string;
}

interface ObjectList {
  apiVersion: string;
  /** Such as `DeploymentList`. */
  kind: string;
  metadata: { resourceVersion: string };
  items: KubeObject[];
}

interface WatchEvent {
  type: "ADDED" | "MODIFIED" | "DELETED" | "BOOKMARK" | "ERROR";
  object: KubeObject & { code?: number };
}

/** Seconds until a broken watch is tried again. */
const RETRY = 1;

/**
 * Follows objects until the signal is aborted: calls back with all of them at first and after every change.
 * A connection that ends is resumed where it was; when the server no longer knows that point, all is listed anew.
 */
export async function follow(
  client: Client,
  target: WatchTarget,
  signal: AbortSignal,
  onChange: (objects: KubeObject[]) => void,
): Promise<void> {
  const { path, labelSelector, fieldSelector } = target;
  const objects = new Map<string, KubeObject>();
  let version: string | undefined;

  while (!signal.aborted) {
    try {
      version ??= await list();
      await watch(version);
    } catch (error) {
      if (signal.aborted) return;
      if (error instanceof ApiError && error.code === 410) version = undefined;
      else if (isNotFound(error)) {
        // The kind itself is gone, and all its objects with it.
        objects.clear();
        onChange([]);
        return;
      } else if (error instanceof ApiError && error.code < 500 && error.code !== 429) throw error;
      else await new Promise((resolve) => setTimeout(resolve, RETRY * 1000));
    }
  }

  async function list(): Promise<string> {
    const answer = await client.request<ObjectList>("GET", path, {
      query: { labelSelector, fieldSelector },
      signal,
    });
    objects.clear();
    // Items of a list do not repeat what the list says of all of them.
    const { apiVersion } = answer;
    const kind = answer.kind.replace(/List$/, "");
    for (const object of answer.items) objects.set(keyOf(object), { ...object, apiVersion, kind });
    onChange([...objects.values()]);
    return answer.metadata.resourceVersion;
  }

  async function watch(from: string): Promise<void> {
    const query = {
      labelSelector,
      fieldSelector,
      watch: "1",
      allowWatchBookmarks: "true",
      resourceVersion: from,
    };
    for await (const line of client.lines(path, query, signal)) {
      const { type, object } = JSON.parse(line) as WatchEvent;
      if (type === "ERROR") throw new ApiError(object.code ?? 500, object as never);
      version = object.metadata.resourceVersion;
      if (type === "BOOKMARK") continue;
      if (type === "DELETED") objects.delete(keyOf(object));
      else objects.set(keyOf(object), object);
      onChange([...objects.values()]);
    }
  }
}

function keyOf({ metadata }: KubeObject): string {
  return `${metadata.namespace}/${metadata.name}`;
}
