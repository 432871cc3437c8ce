import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "chai";
import type { Load } from "../../bench/load/load";
import { badVersions, expectCaught } from "../e2e/support/bad-versions";
import { loadDev } from "../e2e/support/dev-load";
import { Before, ops, REPOSITORY, release, SERVICE, sharesOf } from "../e2e/support/releasing";
import { changes, shell } from "../e2e/support/stack";
import { type Fault, makeVersion } from "../e2e/support/versions";

const FAULTS = Object.keys(badVersions) as (keyof typeof badVersions)[];

describe("Bad versions under a load of 120 requests/s", () => {
  let load: Load;
  const original = new Before();

  before(async () => {
    for (const fault of FAULTS) await makeVersion(REPOSITORY, `2.0.0-${fault}`, fault satisfies Fault);
    load = await loadDev(1500);
    await sleep(10_000);
  });
  after(async () => {
    await shell("kubectl", "delete", "namespace", "platform-load", "--wait=false");
    await original.restore();
  });

  for (const fault of FAULTS) {
    it(`[O10] a bad version (${fault}) is caught at the first step, and the old one is back within 30 s`, () =>
      expectCaught(fault, load, original));
  }

  it("[O10] after four bad versions the stack is what it was", async () => {
    expect(await changes()).to.deep.equal([]);
  });

  it("[O9] a release is held when the old version could not work with the database, until a person decides", async () => {
    const args = ["--strategy", "blue-green", "--schema", "incompatible", "--hold", "20", "--grace", "0"];
    const held = await release("2.0.0-errors", ...args);
    expect(held.exitCode, held.all).to.equal(3);
    expect(held.all).to.match(/Held at switch: success rate/);
    expect(await sharesOf()).to.deep.equal(["v2 100"]);
    const refused = await ops("release", "abort", SERVICE);
    expect(refused.exitCode, refused.all).to.equal(3);
    expect(refused.all).to.match(/add --across-schema/);
    const back = await ops("release", "abort", SERVICE, "--across-schema");
    expect(back.exitCode, back.all).to.equal(0);
    expect(await sharesOf()).to.deep.equal(["v1 100"]);
    original.expectFile();
  });
});
