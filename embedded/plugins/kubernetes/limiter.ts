const DEFAULT_BURST = 10;

/**
 * Returns a function that resolves when the next request may go out: `burst` at once, after that `qps` a second.
 * Without a `qps` it never waits.
 */
export function createLimiter(qps?: number, burst = DEFAULT_BURST): () => Promise<void> {
  if (!qps) return async () => {};
  const interval = 1000 / qps;
  /** When the bucket will be full again, in the milliseconds of `performance.now()`. */
  let full = 0;

  return async () => {
    const now = performance.now();
    full = Math.max(full, now) + interval;
    const wait = full - now - burst * interval;
    if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
  };
}
