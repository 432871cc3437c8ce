import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "chai";
import type { Load, Tally } from "../../../bench/load/load";
import { type Before, describeTally, release, sharesOf, tell } from "./releasing";
import type { Fault } from "./versions";

/** What a release says of a version that is bad in one way. */
export const badVersions = {
  errors: /success rate {2}\d/,
  slow: /p95 {2}\d+ ms, at most/,
  crashing: /pods {2}|restarts {2}|smoke test {2}|success rate {2}/,
  unready: /pods {2}0 of \d ready within 45 s: .*503/,
} satisfies Partial<Record<Fault, RegExp>>;

/** Releases a bad version under a load: it is found out at the first step, and the one before is back within 30 s. */
export async function expectCaught(
  fault: keyof typeof badVersions,
  load: Load,
  original: Before,
): Promise<void> {
  const start = Date.now();
  // A pod on a busy machine takes longer than the default until it is asked for the first time.
  const args = ["--steps", "10", "--hold", "30", "--ready-within", "45"];
  const { exitCode, all } = await release(`2.0.0-${fault}`, ...args);
  tell(all);
  expect(exitCode).to.equal(4);
  expect(all).to.match(badVersions[fault]);
  expect(all).to.match(/Rolled back at (header|10 %): v1 serves everything/);
  await sleep(3000);
  const { harmed, requests, seconds } = harmOf(load, load.between(start));
  const tally = describeTally(load.between(start));
  tell(`${fault}: ${tally}; the bad version answered for ${seconds} s, ${harmed} of ${requests}`);
  expect(seconds).to.be.at.most(30);
  expect(harmed, `of ${requests} requests while it answered`).to.be.at.most(mostOf(requests, 0.1));
  expect(await sharesOf()).to.deep.equal(["v1 100"]);
  original.expectFile();
}

/** What a bad version did: how many requests it answered or failed, of how many while it had any, and for how long. */
function harmOf(load: Load, { seconds }: Tally): { harmed: number; requests: number; seconds: number } {
  const bad = seconds.filter(({ answered, failed }) => answered.v2 || Object.keys(failed).length > 0);
  if (bad.length === 0) return { harmed: 0, requests: 0, seconds: 0 };
  const times = bad.map(({ time }) => time);
  const first = Math.min(...times);
  const last = Math.max(...times);
  const during = load.between(first * 1000, last * 1000);
  const harmed = during.failed + (during.answered.v2 ?? 0);
  return { harmed, requests: during.requests, seconds: last - first + 1 };
}

/** How many of some requests a share of them can be: each is drawn by chance, so three standard deviations more. */
function mostOf(requests: number, share: number): number {
  return requests * share + 3 * Math.sqrt(requests * share * (1 - share));
}
