import type { Api } from "../../control-plane/api";
import { follow } from "../../control-plane/follow";

interface Identified {
  metadata: { namespace?: string; name: string };
}

/** The objects of a collection as the API server shows them, kept up to date by a watch. */
export class Collection<T, Kept = T> {
  #objects = new Map<string, Kept>();
  #isListed = false;

  /**
   * @param path of the collection, with a query if only a part of it is followed
   * @param keep makes of an object what is needed of it: the rest is memory
   */
  constructor(
    readonly path: string,
    readonly keep: (object: T) => Kept = (object) => object as unknown as Kept,
  ) {}

  /** In no particular order. */
  get objects(): Kept[] {
    return [...this.#objects.values()];
  }

  /** Whether it has been read since the start of the program. */
  get isListed(): boolean {
    return this.#isListed;
  }

  /** Follows the collection for ever, and tells of each change. While the API server is unavailable, what is known stays. */
  follow(api: Pick<Api, "get" | "watch">, tell: () => void): Promise<never> {
    return follow<T & Identified>(api, this.path, {
      listed: (objects) => {
        this.#objects = new Map(objects.map((object) => [keyOf(object), this.keep(object)]));
        this.#isListed = true;
        tell();
      },
      changed: ({ type, object }) => {
        if (type === "DELETED") this.#objects.delete(keyOf(object));
        else this.#objects.set(keyOf(object), this.keep(object));
        tell();
      },
    });
  }
}

const keyOf = ({ metadata: { namespace = "", name } }: Identified) => `${namespace}/${name}`;
