import { join } from "node:path";
import { expect } from "chai";
import { execa } from "execa";
import { projectDir } from "../../stacks/stack-file";

const pack = join(projectDir, "policy");
const sdk = join(projectDir, "node_modules", "@pulumi", "pulumi", "cmd");

/** Where the engine would listen; nothing is asked of it before the pack says its own port. */
const ENGINE = "127.0.0.1:9";

describe("Policy pack: the SDK's launchers, which the official language host calls", () => {
  it("starts as a policy pack, from its own folder", async () => {
    expect(await firstLine(pack, join(sdk, "run-policy-pack"), ENGINE, ".")).to.match(/^\d+$/);
  });

  it("starts as a plugin, from the folder of a stack", async () => {
    expect(await firstLine(projectDir, join(sdk, "run-plugin"), pack, ENGINE)).to.match(/^\d+$/);
  });
});

async function firstLine(cwd: string, ...args: string[]): Promise<string> {
  const child = execa("node", args, { cwd, reject: false, all: true });
  for await (const line of child.iterable({ from: "all" })) {
    child.kill();
    return line;
  }
  return "nothing";
}
