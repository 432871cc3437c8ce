import { setTimeout as sleep } from "node:timers/promises";

/** Milliseconds between two questions: few at first, as most answers change within moments. */
const SHORTEST = 10;
const LONGEST = 250;

/**
 * Asks again until the answer satisfies.
 * @param seconds how long at most: only ends what would never come true, so choose it far beyond what is usual
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
  for (let pause = SHORTEST; ; pause = Math.min(pause * 2, LONGEST)) {
    // Before the question: one that was held up is asked once more.
    const isLast = Date.now() >= end;
    try {
      const answer = await ask();
      if (satisfies(answer)) return answer;
      last = answer;
    } catch (error) {
      last = error;
    }
    if (isLast) break;
    await sleep(pause);
  }
  throw new Error(
    `not within ${seconds} s: ${what}; last: ${last instanceof Error ? last.message : JSON.stringify(last)}`,
  );
}
