import { spawn } from "node:child_process";
import { once } from "node:events";
import { expect } from "chai";
import { end, identify, processes, runs } from "../../embedded/cluster/processes";

/** A shell that says that it is there. */
async function shell(script: string) {
  const child = spawn("sh", ["-c", `${script}; echo ready; while :; do sleep 0.05; done`]);
  await once(child.stdout, "data");
  const identity = identify(child.pid as number);
  if (!identity) throw new Error("the shell has ended");
  return { child, identity };
}

describe("Processes", () => {
  it("are not mistaken for one that had their number before", async () => {
    const { child, identity } = await shell(":");
    expect(runs(identity)).to.equal(true);
    expect(runs({ ...identity, startTicks: identity.startTicks - 1 })).to.equal(false);
    expect(runs({ ...identity, bootId: "the machine's last start" })).to.equal(false);
    child.kill("SIGKILL");
    await once(child, "exit");
    expect(runs(identity)).to.equal(false);
  });

  it("are listed with their parents and arguments", async () => {
    const { child } = await shell("true 'two words'");
    const listed = processes().find(({ pid }) => pid === child.pid);
    expect(listed?.parent).to.equal(process.pid);
    expect(listed?.command[2]).to.contain("two words");
    child.kill("SIGKILL");
  });

  it("get the chance to end in order", async () => {
    const { child, identity } = await shell("trap 'echo bye; exit 0' TERM");
    const [output] = await Promise.all([once(child.stdout, "data"), end([identity], 50_000)]);
    expect(String(output)).to.equal("bye\n");
    expect(runs(identity)).to.equal(false);
  });

  it("are killed when they do not take it", async () => {
    const { child, identity } = await shell("trap '' TERM");
    const exit = once(child, "exit");
    await end([identity], 1);
    expect((await exit)[1]).to.equal("SIGKILL");
  });
});
