import { setTimeout as sleep } from "node:timers/promises";

/**
 * Asks again until the answer satisfies.
 * @param seconds how long at most
 * @returns the answer that did
 * @throws when the time is over, with the last answer or error
 */
export async function until<T>(
  what: string,
  seconds: number,
  ask: () => Promise<T>,
  satisfies: (answer: T) => boolean,
): Promise<T> {
  const end = Date.now() + seconds * 1000;
  let last: unknown;
  while (Date.now() < end) {
    try {
      const answer = await ask();
      if (satisfies(answer)) return answer;
      last = answer;
    } catch (error) {
      last = error;
    }
    await sleep(250);
  }
  throw new Error(
    `not within ${seconds} s: ${what}; last: ${last instanceof Error ? last.message : JSON.stringify(last)}`,
  );
}
