import { createHmac, randomBytes } from "node:crypto";

/** Gives an integer from 0 up to, not including, `limit` (1 to {@link RANGE}); each equally likely. */
export type Entropy = (limit: number) => number;

/** How many numbers a draw can tell apart: 2⁴⁸, what fits in six bytes. */
export const RANGE = 2 ** 48;

/**
 * The system's cryptographic source, or, with a seed, always the same draws. Which ones differs from the
 * official provider, whose seeded generator is Go's; a seed promises stability, not particular values.
 */
export function entropy(seed?: string): Entropy {
  const nextBytes = seed ? seededBytes(seed) : () => randomBytes(6);
  return (limit) => {
    // The tail that is no whole multiple of the limit would favour small numbers: such draws are thrown away.
    const fair = RANGE - (RANGE % limit);
    let draw: number;
    do draw = nextBytes().readUIntBE(0, 6);
    while (draw >= fair);
    return draw % limit;
  };
}

function seededBytes(seed: string): () => Buffer {
  let draws = 0;
  return () => createHmac("sha256", seed).update(String(draws++)).digest().subarray(0, 6);
}

/** A copy in random order (Fisher and Yates). */
export function shuffled<T>(items: readonly T[], below: Entropy): T[] {
  const result = [...items];
  for (let last = result.length - 1; last > 0; last--) {
    const other = below(last + 1);
    [result[last], result[other]] = [result[other] as T, result[last] as T];
  }
  return result;
}
