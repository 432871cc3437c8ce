/** A store that this service has, as its health and its shutdown see it. */
export interface Dependency {
  /** Its key in the answer of `/health`. */
  readonly name: "database" | "cache" | "messageQueue";
  /** Asks the store for something small. Rejects when it does not answer. */
  check(): Promise<void>;
  /** Ends what is under way and closes every connection. */
  close(): Promise<void>;
}

/** A store cannot serve this request now; the next one may succeed. Answered with 503 and Retry-After. */
export class DependencyUnavailable extends Error {
  readonly statusCode = 503;

  constructor(
    readonly dependency: Dependency["name"],
    cause?: unknown,
  ) {
    super(`${dependency} is unavailable`, { cause });
    this.name = "DependencyUnavailable";
  }
}

/**
 * Settles like `work`, or rejects after `milliseconds`. The work itself goes on: whoever starts it has to
 * bound it as well.
 */
export async function within<T>(milliseconds: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer after ${milliseconds} ms`)), milliseconds);
  });
  try {
    return await Promise.race([work, timeout]);
  } finally {
    clearTimeout(timer);
  }
}
