import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { KubeConfig } from "@kubernetes/client-node";
import { expect } from "chai";
import { kubeconfig, stateDir } from "../../../embedded/paths";
import { Refusal } from "../../../operations/errors";
import { ReleaseLease, readHolder } from "../../../operations/release/lease";
import { until } from "../../support/until";
import { changedSince, declared, kubectl } from "../support/cluster";
import { loadDev } from "../support/dev-load";
import {
  Before,
  describeTally,
  killWhen,
  ops,
  REPOSITORY,
  release,
  SERVICE,
  tell,
} from "../support/releasing";
import { changes } from "../support/stack";
import { makeVersion } from "../support/versions";

const NAMESPACE = "malai";

describe("Releases that are cut short, and those that do not begin", function () {
  this.timeout(600_000);
  const original = new Before();

  before(() => makeVersion(REPOSITORY, "2.0.0"));
  after(() => original.restore());

  it("[O10] killed in the middle of a canary's step, it is taken back by the next command, and no request is lost", async () => {
    const load = await loadDev(600);
    await killWhen("v2 10", "--steps", "10,100", "--hold", "300");
    const status = await ops("release", "status", SERVICE);
    expect(status.exitCode, status.all).to.equal(1);
    expect(status.all).to.match(/the command that released it has ended/);
    const next = await release("2.0.0");
    await sleep(3000);
    await load.stop();
    expect(next.exitCode, next.all).to.equal(4);
    tell(`kill -9 in a canary's step: ${describeTally(load.between())}`);
    expect(load.between().failures).to.deep.equal({});
    await original.expectTakenBack();
  });

  it("[O10] belongs to one command at a time, and who has lost it to another hears so", async () => {
    const cluster = new KubeConfig();
    cluster.loadFromFile(kubeconfig);
    let lost = false;
    const onLost = () => {
      lost = true;
    };
    const first = await ReleaseLease.take(cluster, NAMESPACE, SERVICE, { onLost });
    const refused = await ReleaseLease.take(cluster, NAMESPACE, SERVICE).catch((error) => error);
    expect(refused).to.be.instanceOf(Refusal);
    await kubectl("delete", "lease", "platform-release");
    const second = await ReleaseLease.take(cluster, NAMESPACE, SERVICE);
    await until("the first hears of it", 15, async () => lost, Boolean);
    await first.release();
    expect(await readHolder(cluster, NAMESPACE)).to.include({ service: SERVICE, alive: true });
    await second.release();
    expect(await readHolder(cluster, NAMESPACE)).to.equal(undefined);
  });

  it("[O10] says its steps with --dry-run, and changes nothing", async () => {
    const before = await declared();
    const { exitCode, all } = await release("2.0.0", "--dry-run");
    tell(all);
    expect(exitCode).to.equal(0);
    const steps = [...all.matchAll(/^ {2}(\S+(?: %)?) {2,}/gm)].map(([, name]) => name);
    expect(steps).to.deep.equal(["header", "10 %", "25 %", "50 %", "100 %", "finish"]);
    expect(await changedSince(before)).to.deep.equal([]);
    original.expectFile();
  });

  it("[O10] refuses what cannot be done, each in one line, and changes nothing", async () => {
    const before = await declared();
    for (const [args, code, said] of [
      [
        ["release", "ghost-service", "--image", ":2.0.0"],
        2,
        /there is no service "ghost-service" in stack dev/,
      ],
      [["release", SERVICE, "--image", ":nowhere"], 2, /the image .*:nowhere cannot be pulled/],
      [
        ["release", SERVICE, "--image", ":2.0.0", "--steps", "10,101"],
        2,
        /Not a whole number from 1 to 100: 101/,
      ],
      // [R24]
      [
        ["release", SERVICE, "--image", ":2.0.0", "--schema", "incompatible"],
        2,
        /a canary of auth-service would serve beside v1.*\n.*--strategy blue-green/,
      ],
      [["release", SERVICE, "--image", ":1.0.0"], 2, /runs .*:1\.0\.0 already/],
      [["release", "abort", SERVICE], 2, /is not being released/],
    ] as [string[], number, RegExp][]) {
      const { exitCode, all } = await ops(...args);
      expect(exitCode, all).to.equal(code);
      expect(all).to.match(said);
    }
    expect(await changedSince(before)).to.deep.equal([]);
    original.expectFile();
  });

  it("[O10] refuses while another process updates the stack, and leaves its file as it was", async () => {
    const folder = join(stateDir, ".pulumi", "locks", "organization", "platform", "dev");
    const lock = join(folder, "test.json");
    const holder = {
      pid: 1,
      username: "colleague",
      hostname: "elsewhere",
      timestamp: new Date().toISOString(),
    };
    mkdirSync(folder, { recursive: true });
    writeFileSync(lock, JSON.stringify(holder));
    try {
      const { exitCode, all } = await release("2.0.0");
      expect(exitCode, all).to.equal(3);
      expect(all).to.match(/stack dev is being updated.*\n.*by colleague@elsewhere, process 1;/);
    } finally {
      rmSync(lock);
    }
    original.expectFile();
    expect(await changes()).to.deep.equal([]);
  });
});
