/** A signal with an end: aborted by hand, with its parent, or when the time is up. */
export interface Deadline {
  readonly signal: AbortSignal;
  /** Whether the time was up. */
  readonly expired: boolean;
  /** Aborts it, and lets go of the timer and the parent. Call it in the end in any case. */
  end(): void;
}

/**
 * What `AbortSignal.any` and `AbortSignal.timeout` would do, if Node 20 did not lose such signals to its garbage
 * collector, so that they never fire.
 * @param seconds until it is up. @default never
 */
export function deadline(parent?: AbortSignal, seconds?: number): Deadline {
  const controller = new AbortController();
  let expired = false;
  const timer =
    seconds === undefined
      ? undefined
      : setTimeout(() => {
          expired = true;
          end();
        }, seconds * 1000);
  if (parent?.aborted) end();
  else parent?.addEventListener("abort", end);
  return {
    signal: controller.signal,
    get expired() {
      return expired;
    },
    end,
  };

  function end(): void {
    clearTimeout(timer);
    parent?.removeEventListener("abort", end);
    controller.abort();
  }
}
