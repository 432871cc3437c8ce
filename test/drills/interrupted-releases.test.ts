import { expect } from "chai";
import {
  Before,
  killWhen,
  ops,
  REPOSITORY,
  release,
  releaseDetached,
  SERVICE,
  sharesOf,
  tell,
  untilShare,
} from "../e2e/support/releasing";
import { changes, shell } from "../e2e/support/stack";
import { makeVersion } from "../e2e/support/versions";
import { until } from "../support/until";

describe("Releases that are interrupted", () => {
  const original = new Before();

  before(() => makeVersion(REPOSITORY, "2.0.0"));
  after(() => original.restore());

  it("[O9] a release killed in the middle of a blue-green switch, and Pulumi with it, is taken back by abort", async () => {
    await killWhen("v2 100", "--strategy", "blue-green", "--hold", "300");
    // It has outlived the release.
    const { stdout } = await shell("pgrep", "-f", "^pulumi up .*--stack dev ");
    const pids = stdout.split("\n").filter(Boolean).map(Number);
    for (const pid of pids) process.kill(pid, "SIGKILL");
    expect(pids, "Pulumi, while it is at work").to.not.be.empty;
    const { exitCode, all } = await ops("release", "abort", SERVICE);
    expect(exitCode, all).to.equal(0);
    const programs = () => shell("pgrep", "-f", "@pulumi/pulumi/cmd/run/.*--stack dev ");
    await until("no program of Pulumi is left", 20, programs, ({ exitCode }) => exitCode === 1);
    await original.expectTakenBack();
  });

  it("[O10] Ctrl-C takes a release back, and another release is refused meanwhile", async () => {
    const child = releaseDetached("2.0.0", "--steps", "10,100", "--hold", "300");
    const ended = new Promise<number | null>((resolve) => child.once("close", resolve));
    await untilShare("v2 10");
    const second = await release("2.0.1");
    expect(second.exitCode, second.all).to.equal(3);
    expect(second.all).to.match(/is being released/);
    child.kill("SIGINT");
    expect(await ended).to.equal(4);
    await original.expectTakenBack();
  });

  it("[O10] a release killed in the middle of a canary's step can be promoted as well", async () => {
    await killWhen("v2 10", "--steps", "10,100", "--hold", "300");
    // Pulumi, which has outlived it, holds the stack until then.
    const updates = () => shell("pgrep", "-f", "^pulumi up .*--stack dev ");
    await until("Pulumi has come to its end", 60, updates, ({ exitCode }) => exitCode === 1);
    const { exitCode, all } = await ops("release", "promote", SERVICE);
    tell(all);
    expect(exitCode).to.equal(0);
    expect(all).to.match(/Released: auth-service is v2\. Commit Pulumi\.dev\.yaml/);
    expect(await sharesOf()).to.deep.equal(["v2 100"]);
    expect(await changes()).to.deep.equal([]);
  });
});
