import { setTimeout as sleep } from "node:timers/promises";
import { type Api, ApiFailure } from "./api";

const RETRY_AFTER = 1000;

interface Identified {
  metadata: { namespace?: string; name: string };
}

/** The objects of a collection as the API server shows them, kept up to date by a watch. */
export class Collection<T> {
  #objects = new Map<string, T>();
  #isListed = false;

  /**
   * @param path of the collection, with a query if not all of it is wanted
   * @param keep makes of an object what is needed of it: the rest is memory
   */
  constructor(
    readonly path: string,
    readonly keep: (object: T) => T = (object) => object,
  ) {}

  /** In no particular order. */
  get objects(): T[] {
    return [...this.#objects.values()];
  }

  /** Whether it has been read since the start of the program. */
  get isListed(): boolean {
    return this.#isListed;
  }

  /** Follows it for ever, and tells each time that something is another. */
  async follow(api: Pick<Api, "get" | "watch">, changed: () => void): Promise<never> {
    for (;;) {
      try {
        const list = await api.get<{ items: (T & Identified)[]; metadata: { resourceVersion: string } }>(
          this.path,
        );
        this.#objects = new Map(list.items.map((object) => [keyOf(object), this.keep(object)]));
        this.#isListed = true;
        changed();
        for await (const event of api.watch<T & Identified>(this.path, list.metadata.resourceVersion)) {
          const { type, object } = event;
          // The server no longer has the changes since the list: read it anew.
          if (type === "ERROR") break;
          if (type === "DELETED") this.#objects.delete(keyOf(object));
          else this.#objects.set(keyOf(object), this.keep(object));
          changed();
        }
      } catch (error) {
        // Most often the API server is away for a moment. What is known stays until it is back.
        console.error(new Date().toISOString(), error instanceof ApiFailure ? error.message : error);
        await sleep(RETRY_AFTER);
      }
    }
  }
}

const keyOf = ({ metadata: { namespace = "", name } }: Identified) => `${namespace}/${name}`;
