import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "chai";
import type { Load, Tally } from "../../../bench/load/load";
import { declared } from "../support/cluster";
import { loadDev } from "../support/dev-load";
import {
  Before,
  describeTally,
  ops,
  REPOSITORY,
  release,
  releaseUntil,
  SERVICE,
  sharesOf,
  tell,
  untilShare,
} from "../support/releasing";
import { changes, shell } from "../support/stack";
import { type Fault, makeVersion } from "../support/versions";

describe("Releases under a load of 120 requests/s", function () {
  this.timeout(900_000);
  let load: Load;
  const original = new Before();

  before(async () => {
    for (const fault of ["errors", "slow", "crashing", "unready"] as Fault[]) {
      await makeVersion(REPOSITORY, `2.0.0-${fault}`, fault);
    }
    await makeVersion(REPOSITORY, "2.0.0");
    await makeVersion(REPOSITORY, "3.0.0");
    load = await loadDev(2400);
    await sleep(10_000);
  });

  after(async () => {
    await shell("kubectl", "delete", "namespace", "platform-load", "--wait=false");
    await original.restore();
  });

  for (const [fault, found] of [
    ["errors", /success rate {2}\d/],
    ["slow", /p95 {2}\d+ ms, at most/],
    ["crashing", /pods {2}|restarts {2}|smoke test {2}|success rate {2}/],
    ["unready", /pods {2}0 of \d ready within 45 s: .*503/],
  ] as [Fault, RegExp][]) {
    it(`[O10] a bad version (${fault}) is caught at the first step, and the old one is back within 30 s`, async () => {
      const start = Date.now();
      const { exitCode, all } = await release(
        `2.0.0-${fault}`,
        "--steps",
        "10",
        "--hold",
        "30",
        // Longer than a pod takes on a busy machine to be asked for the first time.
        "--ready-within",
        "45",
      );
      tell(all);
      expect(exitCode).to.equal(4);
      expect(all).to.match(found);
      expect(all).to.match(/Rolled back at (header|10 %): v1 serves everything/);
      await sleep(3000);
      const tally = load.between(start);
      const { harmed, requests, seconds } = harmOf(tally);
      tell(
        `${fault}: ${describeTally(tally)}; the bad version answered for ${seconds} s, ${harmed} of ${requests}`,
      );
      expect(seconds).to.be.at.most(30);
      expect(harmed, `of ${requests} requests while it answered`).to.be.at.most(mostOf(requests, 0.1));
      expect(await sharesOf()).to.deep.equal(["v1 100"]);
      original.expectFile();
    });
  }

  it("[O10] after four bad versions the stack is what it was", async () => {
    expect(await changes()).to.deep.equal([]);
  });

  it("[O10] a canary gets its share within 3 points over 2,000 requests, its header always, and loses none", async () => {
    const start = Date.now();
    const releasing = release("2.0.0", "--steps", "10,100", "--hold", "30");
    const split = await measureSplit(10);
    const headed = await versionsWithHeader();
    const { exitCode, all } = await releasing;
    tell(all);
    tell(`10 %: ${split.v2} of ${split.requests} requests to v2 (${split.percent} %)`);
    tell(`header canary: true: ${JSON.stringify(headed)}`);
    expect(exitCode).to.equal(0);
    expect(split.requests).to.be.at.least(2000);
    expect(split.percent).to.be.within(7, 13);
    expect(Object.keys(headed)).to.deep.equal(["v2"]);
    await sleep(5000);
    const tally = load.between(start);
    tell(`whole canary release: ${describeTally(tally)}`);
    expect(tally.failures).to.deep.equal({});
    expect(await sharesOf()).to.deep.equal(["v2 100"]);
    expect(await changes()).to.deep.equal([]);
  });

  // Each goes on from the version that the one before has released.
  it("[O9] green is tested, switched to, watched, and then all there is; no request is lost", async () => {
    const start = Date.now();
    const args = ["--strategy", "blue-green", "--hold", "20", "--grace", "600", "--smoke", "/whoami"];
    // Blue would stay for ten minutes more.
    const promote = async () => expect((await ops("release", "promote", SERVICE)).exitCode).to.equal(0);
    const { exitCode, all } = await releaseUntil(/✔ switch/, promote, "3.0.0", ...args);
    tell(all);
    expect(exitCode).to.equal(0);
    expect(all).to.match(/green .*smoke test passed \(\/health\/ready, \/whoami\)/);
    expect(all).to.match(/grace .*promoted before its time/);
    await sleep(5000);
    const tally = load.between(start);
    tell(`whole blue-green release: ${describeTally(tally)}`);
    expect(tally.failures).to.deep.equal({});
    expect(await sharesOf()).to.deep.equal(["v3 100"]);
    expect(await changes()).to.deep.equal([]);
  });

  it("[R25] is refused from a file of before: the version that serves stays, and no request is lost", async () => {
    const start = Date.now();
    const before = await declared();
    const { exitCode, all } = await original.inStaleCheckout(() => release("2.0.0"));
    tell(all);
    expect(exitCode).to.equal(3);
    expect(all).to.match(
      /Pulumi\.dev\.yaml says that v1 \(.*:1\.0\.0\) serves, and v3 \(.*:3\.0\.0@?.*\) does/,
    );
    expect(await declared()).to.deep.equal(before);
    expect(await sharesOf()).to.deep.equal(["v3 100"]);
    expect(load.between(start).failures).to.deep.equal({});
  });

  it("[O9] is held when the old version could not work with the database, until somebody decides", async () => {
    const released = new Before();
    const args = ["--strategy", "blue-green", "--schema", "incompatible", "--hold", "20", "--grace", "0"];
    const held = await release("2.0.0-errors", ...args);
    expect(held.exitCode, held.all).to.equal(3);
    expect(held.all).to.match(/Held at switch: success rate/);
    expect(await sharesOf()).to.deep.equal(["v4 100"]);
    const refused = await ops("release", "abort", SERVICE);
    expect(refused.exitCode, refused.all).to.equal(3);
    expect(refused.all).to.match(/add --across-schema/);
    const back = await ops("release", "abort", SERVICE, "--across-schema");
    expect(back.exitCode, back.all).to.equal(0);
    expect(await sharesOf()).to.deep.equal(["v3 100"]);
    released.expectFile();
  });

  /** What a bad version did: how many requests it answered or failed, of how many while it had any, and for how long. */
  function harmOf({ seconds }: Tally): { harmed: number; requests: number; seconds: number } {
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

  /** Counts 2,000 requests and more while the route has this weight, which the release holds for 30 s. */
  async function measureSplit(weight: number) {
    await untilShare(`v2 ${weight}`);
    // Every sidecar has heard of it.
    await sleep(2000);
    const from = Date.now();
    await sleep(25_000);
    const { answered, requests } = load.between(from, Date.now() - 1000);
    const v2 = answered.v2 ?? 0;
    return { v2, requests, percent: Number(((100 * v2) / requests).toFixed(1)) };
  }

  async function versionsWithHeader(): Promise<Record<string, number>> {
    const headed = await loadDev(60, { canary: "true" }, 20);
    await sleep(3000);
    await headed.stop();
    return headed.between().answered;
  }
});
