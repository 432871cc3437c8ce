import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "chai";
import type { Load, Tally } from "../../../bench/load/load";
import { stateDir } from "../../../embedded/paths";
import { essence } from "../../../operations/stack/stack-file";
import { get, kubectl } from "../support/cluster";
import { loadDev } from "../support/dev-load";
import { changes, environment, root, shell, succeed } from "../support/stack";
import { until } from "../support/until";
import { type Fault, makeVersion } from "../support/versions";

const SERVICE = "auth-service";
const REPOSITORY = `docker.io/malai/${SERVICE}`;
const FILE = join(root, "Pulumi.dev.yaml");

/** `npx ops …`, as a person would after `eval "$(make -s env)"`. */
const ops = (...args: string[]) => shell(process.execPath, "--import", "tsx", "operations/ops.ts", ...args);

const release = (tag: string, ...args: string[]) => ops("release", SERVICE, "--image", `:${tag}`, ...args);

/** The version that a request with or without the header gets, by the share of each. */
const versionOf = async (): Promise<string[]> => {
  const { spec } = await get("virtualservice", SERVICE);
  const [last] = spec.http.slice(-1);
  return last.route.map(({ destination, weight }: any) => `${destination.subset} ${weight ?? 100}`);
};

/** The stack's file as far as it decides; Pulumi adds its salt to it as it likes. */
const settled = () => essence(readFileSync(FILE, "utf8"), { digests: true });

/** What a test has measured: in the output, for whoever reads it. */
const tell = (line: string) => console.log(`        ${line}`);

describe("Releases under a load of 120 requests/s", function () {
  this.timeout(900_000);
  let load: Load;
  let text: string;

  before(async () => {
    text = readFileSync(FILE, "utf8");
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
    if (readFileSync(FILE, "utf8") === text) return;
    writeFileSync(FILE, text);
    await succeed("pulumi", "up", "--stack", "dev", "--yes", "--skip-preview");
  });

  for (const [fault, found] of [
    ["errors", /success rate {2}\d/],
    ["slow", /p95 {2}\d+ ms, at most/],
    ["crashing", /pods {2}|restarts {2}|smoke test {2}|success rate {2}/],
    ["unready", /pods {2}0 of 1 ready within 20 s: .*503/],
  ] as [Fault, RegExp][]) {
    it(`[O10] a bad version (${fault}) is caught at the first step, and the old one is back within 30 s`, async () => {
      const start = Date.now();
      const { exitCode, all } = await release(
        `2.0.0-${fault}`,
        "--steps",
        "10",
        "--hold",
        "30",
        "--ready-within",
        "20",
      );
      expect(exitCode, all).to.equal(4);
      expect(all).to.match(found);
      expect(all).to.match(/Rolled back at (header|10 %): v1 serves everything/);
      await sleep(3000);
      const tally = load.between(start);
      const { share, seconds } = harmOf(tally);
      tell(`${fault}: ${describeTally(tally)}; the bad version answered for ${seconds} s`);
      expect(seconds).to.be.at.most(30);
      expect(share, "of the requests while it answered").to.be.at.most(0.13);
      expect(await versionOf()).to.deep.equal(["v1 100"]);
      expect(settled()).to.deep.equal(essence(text, { digests: true }));
    });
  }

  it("[O10] after four bad versions the stack is what it was", async () => {
    expect(await changes()).to.deep.equal([]);
  });

  it("[O10] a canary gets its share within 3 points over 2,000 requests, its header always, and loses none", async () => {
    const start = Date.now();
    const releasing = release("2.0.0", "--steps", "10,100", "--hold", "22");
    const split = await measureSplit(10);
    const headed = await versionsWithHeader();
    const { exitCode, all } = await releasing;
    tell(`10 %: ${split.v2} of ${split.requests} requests to v2 (${split.percent} %)`);
    tell(`header canary: true: ${JSON.stringify(headed)}`);
    expect(exitCode, all).to.equal(0);
    expect(split.requests).to.be.at.least(2000);
    expect(split.percent).to.be.within(7, 13);
    expect(Object.keys(headed)).to.deep.equal(["v2"]);
    await sleep(5000);
    const tally = load.between(start);
    tell(`whole canary release: ${describeTally(tally)}`);
    expect(tally.failures).to.deep.equal({});
    expect(await versionOf()).to.deep.equal(["v2 100"]);
    expect(await changes()).to.deep.equal([]);
    await restoreFirst();
  });

  it("[O9] green is tested, switched to, watched, and then all there is; no request is lost", async () => {
    const start = Date.now();
    const args = ["--strategy", "blue-green", "--hold", "20", "--grace", "5", "--smoke", "/whoami"];
    const { exitCode, all } = await release("3.0.0", ...args);
    expect(exitCode, all).to.equal(0);
    expect(all).to.match(/green .*smoke test passed \(\/health\/ready, \/whoami\)/);
    await sleep(5000);
    const tally = load.between(start);
    tell(`whole blue-green release: ${describeTally(tally)}`);
    expect(tally.failures).to.deep.equal({});
    expect(await versionOf()).to.deep.equal(["v2 100"]);
    expect(await changes()).to.deep.equal([]);
    await restoreFirst();
  });

  it("[O9] is held when the old version could not work with the database, until somebody decides", async () => {
    const args = ["--strategy", "blue-green", "--schema", "incompatible", "--hold", "20", "--grace", "0"];
    const held = await release("2.0.0-errors", ...args);
    expect(held.exitCode, held.all).to.equal(3);
    expect(held.all).to.match(/Held at switch: success rate/);
    expect(await versionOf()).to.deep.equal(["v2 100"]);
    const refused = await ops("release", "abort", SERVICE);
    expect(refused.exitCode, refused.all).to.equal(3);
    expect(refused.all).to.match(/add --across-schema/);
    const back = await ops("release", "abort", SERVICE, "--across-schema");
    expect(back.exitCode, back.all).to.equal(0);
    expect(await versionOf()).to.deep.equal(["v1 100"]);
    expect(settled()).to.deep.equal(essence(text, { digests: true }));
  });

  it("[O10] killed in the middle of a canary's step, it is taken back by the next command", async () => {
    const start = Date.now();
    await killWhen("v2 10", ["--steps", "10,100", "--hold", "300"]);
    const status = await ops("release", "status", SERVICE);
    expect([status.exitCode, status.all]).to.satisfy(
      ([code, said]: [number, string]) => code === 1 && /nobody is at it/.test(said),
    );
    const next = await release("2.0.0");
    expect(next.exitCode, next.all).to.equal(4);
    await expectTakenBack();
    await sleep(5000);
    const tally = load.between(start);
    tell(`kill -9 in a canary's step: ${describeTally(tally)}`);
    expect(tally.failures).to.deep.equal({});
    // What follows asks for no figures.
    await load.stop();
  });

  it("[O9] killed in the middle of a blue-green switch, while Pulumi works, it is taken back by abort", async () => {
    await killWhen("v2 100", ["--strategy", "blue-green", "--hold", "300"]);
    const { exitCode, all } = await ops("release", "abort", SERVICE);
    expect(exitCode, all).to.equal(0);
    await expectTakenBack();
  });

  it("Ctrl-C takes it back, and another release is refused meanwhile", async () => {
    const child = releaseDetached(["--steps", "10,100", "--hold", "300"]);
    await untilRoute("v2 10");
    const second = await release("3.0.0");
    expect([second.exitCode, second.all]).to.satisfy(
      ([code, said]: [number, string]) => code === 3 && /is being released/.test(said),
    );
    const ended = new Promise<number | null>((resolve) => child.once("close", resolve));
    child.kill("SIGINT");
    expect(await ended).to.equal(4);
    await expectTakenBack();
  });

  it("refuses what cannot be done, each in one line, and changes nothing", async () => {
    const { metadata } = await get("deployment", SERVICE);
    for (const [args, code, said] of [
      [["release", "nobody", "--image", ":2.0.0"], 2, /there is no service "nobody" in stack dev/],
      [["release", SERVICE, "--image", ":nowhere"], 2, /the image .*:nowhere cannot be pulled/],
      [
        ["release", SERVICE, "--image", ":2.0.0", "--steps", "10,101"],
        2,
        /Not a whole number from 1 to 100: 101/,
      ],
      [["release", SERVICE, "--image", ":1.0.0"], 2, /runs .*:1\.0\.0 already/],
      [["release", "abort", SERVICE], 2, /is not being released/],
    ] as [string[], number, RegExp][]) {
      const { exitCode, all } = await ops(...args);
      expect(exitCode, all).to.equal(code);
      expect(all).to.match(said);
    }
    const after = await get("deployment", SERVICE);
    expect(after.metadata.generation).to.equal(metadata.generation);
    expect(settled()).to.deep.equal(essence(text, { digests: true }));
  });

  it("refuses while somebody else updates the stack, and leaves its file as it was", async () => {
    const folder = join(stateDir, ".pulumi", "locks", "organization", "platform", "dev");
    const lock = join(folder, "test.json");
    const holder = {
      pid: 1,
      username: "somebody",
      hostname: "elsewhere",
      timestamp: new Date().toISOString(),
    };
    mkdirSync(folder, { recursive: true });
    writeFileSync(lock, JSON.stringify(holder));
    try {
      const { exitCode, all } = await release("2.0.0");
      expect(exitCode, all).to.equal(3);
      expect(all).to.match(/stack dev is being updated.*\n.*by somebody@elsewhere, process 1;/);
    } finally {
      rmSync(lock);
    }
    expect(settled()).to.deep.equal(essence(text, { digests: true }));
    expect(await changes()).to.deep.equal([]);
  });

  /** How much a bad version did: the share of requests it answered or failed while it had any, and for how long. */
  function harmOf({ seconds }: Tally): { share: number; seconds: number } {
    const bad = seconds.filter(({ answered, failed }) => answered.v2 || Object.keys(failed).length > 0);
    if (bad.length === 0) return { share: 0, seconds: 0 };
    const times = bad.map(({ time }) => time);
    const first = Math.min(...times);
    const last = Math.max(...times);
    const during = load.between(first * 1000, last * 1000);
    const harmed = during.failed + (during.answered.v2 ?? 0);
    return { share: harmed / during.requests, seconds: last - first + 1 };
  }

  /** Counts 2,000 requests and more while the route has this weight. */
  async function measureSplit(weight: number) {
    await untilRoute(`v2 ${weight}`);
    // Every sidecar has heard of it.
    await sleep(2000);
    const from = Date.now();
    await sleep(19_000);
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

  const untilRoute = (share: string) =>
    until(`the route says ${share}`, 240, versionOf, (shares) => shares.includes(share));

  function releaseDetached(args: string[]): ChildProcess {
    const command = [
      "--import",
      "tsx",
      "operations/ops.ts",
      "release",
      SERVICE,
      "--image",
      ":2.0.0",
      ...args,
    ];
    return spawn(process.execPath, command, { cwd: root, env: environment, stdio: "ignore" });
  }

  /** Kills a release, and nothing else, as soon as a route has its share: Pulumi is still at it then. */
  async function killWhen(share: string, args: string[]): Promise<void> {
    const child = releaseDetached(args);
    await untilRoute(share);
    child.kill("SIGKILL");
    await new Promise((resolve) => child.once("close", resolve));
  }

  async function expectTakenBack(): Promise<void> {
    expect(await versionOf()).to.deep.equal(["v1 100"]);
    expect(settled()).to.deep.equal(essence(text, { digests: true }));
    expect(await kubectl("get", "deployments", "-l", "app=auth-service", "-o", "name")).to.equal(
      "deployment.apps/auth-service",
    );
    expect(await changes()).to.deep.equal([]);
  }

  /** The first version again, as it was before all tests. */
  async function restoreFirst(): Promise<void> {
    writeFileSync(FILE, text);
    await succeed("pulumi", "up", "--stack", "dev", "--yes", "--skip-preview");
  }
});

function describeTally(tally: Tally): string {
  const failures = Object.entries(tally.failures).map(([what, count]) => `${count} × ${what}`);
  return `${tally.requests} requests, ${JSON.stringify(tally.answered)}, ${failures.join(", ") || "0 failed"}`;
}
