import { expect } from "chai";
import { runDetached } from "../../../operations/stack/detached-run";
import { readStack } from "../../../operations/stack/stack-file";
import { FakePulumi } from "../../support/fake-pulumi";

describe("A run of Pulumi that outlives its caller", () => {
  const pulumi = new FakePulumi();
  const stack = { ...readStack("dev"), text: "config:\n  platform:catalog: malai\n" };
  before(() => pulumi.open());
  after(() => pulumi.close());

  it("[O10] leads its own group, prints to a file, and has a copy of the stack's file", async () => {
    pulumi.answer("up", { stdout: "Updating (dev)\n", stderr: "error: quota exceeded\n", code: 255 });
    const { code, said } = await runDetached(stack, ["up", "--yes", "--skip-preview"]);
    expect(code).to.equal(255);
    expect(said).to.equal("Updating (dev)\nerror: quota exceeded\n");
    const [call] = pulumi.calls;
    expect(call).to.include({ config: stack.text, printsToFile: true, leadsGroup: true });
    // The drills look for it by these words.
    expect(call?.args.join(" ")).to.match(/^up --yes --skip-preview --stack dev --config-file /);
  });
});
