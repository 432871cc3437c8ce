import { setTimeout as sleep } from "node:timers/promises";

/**
 * Waits.
 * @param milliseconds how long
 * @param signal ends the wait with its reason, thrown
 */
export async function pause(milliseconds: number, signal?: AbortSignal): Promise<void> {
  await sleep(milliseconds, undefined, { signal }).catch((error) => {
    throw signal?.aborted ? signal.reason : error;
  });
}
