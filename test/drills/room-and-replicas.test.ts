import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "chai";
import { execa } from "execa";
import type { Load } from "../../bench/load/load";
import { kubectl } from "../e2e/support/cluster";
import { loadDev } from "../e2e/support/dev-load";
import { Before, describeTally, ops, REPOSITORY, SERVICE, tell, untilShare } from "../e2e/support/releasing";
import { changes, environment, root, shell, succeed } from "../e2e/support/stack";
import { makeVersion } from "../e2e/support/versions";
import { until } from "../support/until";

const PROGRAM = ["--import", "tsx", "operations/ops.ts", "release", SERVICE, "--image"];

describe("Releases of a version that needs room", () => {
  let load: Load;
  const original = new Before();

  before(async () => {
    await makeVersion(REPOSITORY, "2.0.0");
    await makeVersion(REPOSITORY, "3.0.0");
    load = await loadDev(1200);
    await sleep(10_000);
  });
  after(async () => {
    await uncordonEach();
    await shell("kubectl", "delete", "namespace", "platform-load", "--wait=false");
    await original.restore();
  });

  it("[R26] a new version has as many replicas as the old one, at each weight and at the finish", async () => {
    await kubectl("scale", `deployment/${SERVICE}`, "--replicas=3");
    await kubectl("rollout", "status", `deployment/${SERVICE}`, "--timeout=120s");
    const start = Date.now();
    const child = startRelease(":2.0.0", "--steps", "50,100", "--hold", "20");
    for (const weight of [50, 100]) {
      await untilShare(`v2 ${weight}`);
      expect(await readyOf("v2"), `at ${weight} %`).to.be.at.least(3);
    }
    const { exitCode, all } = await child;
    tell(all);
    expect(exitCode).to.equal(0);
    // Its autoscaler may have taken one a minute by then.
    expect(await readyOf("v2"), "after the finish").to.be.at.least(2);
    expect(readFileSync(join(root, "Pulumi.dev.yaml"), "utf8")).to.not.match(/replicas: 3\b.*\n.*weight/);
    tell(describeTally(load.between(start)));
    expect(load.between(start).failures).to.deep.equal({});
  });

  it("[R27] the reason is told within a minute where the finish finds no room on the node", async () => {
    const child = startRelease(":3.0.0", "--strategy", "blue-green", "--hold", "20", "--grace", "900");
    let finish = 0;
    let told = 0;
    for await (const line of child.iterable({ from: "all" })) {
      tell(line);
      if (/✔ switch/.test(line)) {
        for (const node of await nodes()) await succeed("kubectl", "cordon", node);
        await ops("release", "promote", SERVICE);
      }
      if (/✔ grace/.test(line)) finish = Date.now();
      if (/waits: unschedulable/.test(line) && told === 0) {
        told = Date.now();
        child.kill("SIGINT");
      }
    }
    expect((await child).exitCode).to.equal(4);
    // The preview before it is part of the finish.
    expect((told - finish) / 1000, "seconds until the reason was told").to.be.within(0, 60);
    await uncordonEach();
    await until("nothing is pending", 60, changes, (steps) => steps.length === 0);
  });
});

function startRelease(image: string, ...args: string[]) {
  const options = { cwd: root, env: environment, reject: false, all: true } as const;
  return execa(process.execPath, [...PROGRAM, image, ...args], options);
}

async function nodes(): Promise<string[]> {
  const names = await succeed("kubectl", "get", "nodes", "-o", "name");
  return names.split("\n").map((name) => name.replace("node/", ""));
}

async function uncordonEach(): Promise<void> {
  for (const node of await nodes()) await succeed("kubectl", "uncordon", node);
}

async function readyOf(version: string): Promise<number> {
  const { items } = JSON.parse(
    await kubectl("get", "pods", "-l", `app=${SERVICE},version=${version}`, "-o", "json"),
  );
  const isReady = ({ type, status }: { type: string; status: string }) =>
    type === "Ready" && status === "True";
  return items.filter(
    ({ metadata, status }: any) => !metadata.deletionTimestamp && status.conditions.some(isReady),
  ).length;
}
