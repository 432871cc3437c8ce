import { readFileSync } from "node:fs";
import { join } from "node:path";
import { execa } from "execa";
import { pause } from "../../operations/release/pause";
import { kubectl } from "../e2e/support/cluster";
import { loadDev } from "../e2e/support/dev-load";
import { Before, describeTally, ops, REPOSITORY, SERVICE, untilShare } from "../e2e/support/releasing";
import { changes, environment, root, shell, succeed } from "../e2e/support/stack";
import { makeVersion } from "../e2e/support/versions";
import { until } from "../support/until";

/**
 * A drill of two releases of auth-service under load: one whose new version needs as many replicas as the old one has
 * (R26), and one whose finish finds no room on the node (R27). By hand, on an embedded cluster with dev up:
 * node --import tsx test/drills/releases.ts
 */
const faults: string[] = [];
const PROGRAM = ["--import", "tsx", "operations/ops.ts", "release", SERVICE, "--image"];
const original = new Before();

await makeVersion(REPOSITORY, "2.0.0");
await makeVersion(REPOSITORY, "3.0.0");
const load = await loadDev(1200);
await pause(10_000);
try {
  await replicasAtEachWeight();
  await fullNodeAtTheFinish();
} finally {
  await uncordonEach();
  await shell("kubectl", "delete", "namespace", "platform-load", "--wait=false");
  await original.restore();
}
for (const fault of faults) console.log(`✖ ${fault}`);
process.exit(faults.length === 0 ? 0 : 1);

async function replicasAtEachWeight(): Promise<void> {
  console.log("R26: three replicas serve");
  await kubectl("scale", `deployment/${SERVICE}`, "--replicas=3");
  await kubectl("rollout", "status", `deployment/${SERVICE}`, "--timeout=120s");
  const start = Date.now();
  const child = startRelease(":2.0.0", "--steps", "50,100", "--hold", "20");
  for (const weight of [50, 100]) {
    await untilShare(`v2 ${weight}`).catch((error) => faults.push(`R26: ${(error as Error).message}`));
    const ready = await readyOf("v2");
    console.log(`  at ${weight} %: ${ready} of v2 ready`);
    if (ready < 3) faults.push(`R26: at ${weight} % only ${ready} replicas of v2 are ready`);
  }
  const { exitCode, all } = await child;
  console.log(all);
  const ready = await readyOf("v2");
  const file = readFileSync(join(root, "Pulumi.dev.yaml"), "utf8");
  const tally = load.between(start);
  console.log(`  after the finish: ${ready} of v2 ready; ${describeTally(tally)}`);
  if (exitCode !== 0) faults.push(`R26: the release ended with ${exitCode}`);
  // Its autoscaler may have taken one a minute by then.
  if (ready < 2) faults.push(`R26: after the finish only ${ready} replicas are ready`);
  if (/replicas: 3\b.*\n.*weight/.test(file)) faults.push("R26: the file still speaks of the release");
  if (tally.failed > 0) faults.push(`R26: ${tally.failed} requests were lost`);
}

async function fullNodeAtTheFinish(): Promise<void> {
  console.log("R27: no room on the node at the finish");
  const start = Date.now();
  const child = startRelease(":3.0.0", "--strategy", "blue-green", "--hold", "20", "--grace", "900");
  let finish = 0;
  let told = 0;
  for await (const line of child.iterable({ from: "all" })) {
    console.log(`  ${((Date.now() - start) / 1000).toFixed(0).padStart(4)} s  ${line}`);
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
  const { exitCode } = await child;
  const seconds = (told - finish) / 1000;
  console.log(`  told ${seconds.toFixed(0)} s after the finish began; exit code ${exitCode}`);
  if (told === 0) faults.push("R27: the reason was not told");
  // The preview before it is part of the finish.
  else if (seconds > 60) faults.push(`R27: the reason was told after ${seconds.toFixed(0)} s`);
  if (exitCode !== 4) faults.push(`R27: exit code ${exitCode}`);
  await uncordonEach();
  const left = await until("nothing is pending", 60, changes, (steps) => steps.length === 0).catch(() =>
    changes(),
  );
  if (left.length > 0) faults.push(`R27: ${left.length} changes are pending after the way back`);
}

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
