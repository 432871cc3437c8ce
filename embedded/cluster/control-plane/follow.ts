import { setTimeout as sleep } from "node:timers/promises";
import { type Api, ApiFailure, type WatchEvent } from "./api";

const RETRY_AFTER = 1000;

/** What becomes of a collection's objects. Where it throws, all of them are read again. */
interface Follower<T> {
  /** All objects, at the beginning and whenever the API server no longer has the changes since. */
  listed(objects: T[]): void | Promise<void>;
  changed(event: WatchEvent<T>): void | Promise<void>;
}

/**
 * Lists and watches a collection, for ever.
 * @param path of the collection, with a query if only a part of it is followed
 */
export async function follow<T>(
  api: Pick<Api, "get" | "watch">,
  path: string,
  follower: Follower<T>,
): Promise<never> {
  for (;;) {
    try {
      const list = await api.get<{ items: T[]; metadata: { resourceVersion: string } }>(path);
      await follower.listed(list.items);
      for await (const event of api.watch<T>(path, list.metadata.resourceVersion)) {
        if (event.type === "ERROR") break;
        await follower.changed(event);
      }
    } catch (error) {
      // Most often the API server is unavailable for a moment. Whatever the reason: everything is read again.
      console.error(new Date().toISOString(), error instanceof ApiFailure ? error.message : error);
      await sleep(RETRY_AFTER);
    }
  }
}
