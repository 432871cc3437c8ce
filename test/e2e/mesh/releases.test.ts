import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "chai";
import type { Load } from "../../../bench/load/load";
import { expectCaught } from "../support/bad-versions";
import { changedSince, declared } from "../support/cluster";
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
import { makeVersion } from "../support/versions";

describe("Releases under a load of 120 requests/s", function () {
  this.timeout(900_000);
  let load: Load;
  const original = new Before();

  before(async () => {
    await makeVersion(REPOSITORY, "2.0.0-errors", "errors");
    await makeVersion(REPOSITORY, "2.0.0");
    await makeVersion(REPOSITORY, "3.0.0");
    load = await loadDev(900);
    await sleep(10_000);
  });

  after(async () => {
    await shell("kubectl", "delete", "namespace", "platform-load", "--wait=false");
    await original.restore();
  });

  it("[O10] a bad version is caught at the first step, and the old one is back within 30 s", () =>
    expectCaught("errors", load, original));

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
    expect(await changedSince(before)).to.deep.equal([]);
    expect(await sharesOf()).to.deep.equal(["v3 100"]);
    expect(load.between(start).failures).to.deep.equal({});
  });

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
