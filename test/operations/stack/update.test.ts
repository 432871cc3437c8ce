import { expect } from "chai";
import { Refusal, UserError } from "../../../operations/errors";
import { update } from "../../../operations/stack/update";
import { failureOf } from "../../support/failure";
import { FakePulumi } from "../../support/fake-pulumi";

const summary = { summaryEvent: { resourceChanges: {} } };

describe("An update by the Automation API", () => {
  const pulumi = new FakePulumi();
  const never = new AbortController().signal;
  const commands = () => pulumi.calls.map(({ args }) => args[0]);
  beforeEach(() => {
    pulumi.open();
    pulumi.answer("stack", { stdout: "[]" });
  });
  afterEach(() => pulumi.close());

  it("[R60] is refused when its preview fails, and changes nothing", async () => {
    pulumi.answer("preview", { events: [summary], stderr: "policy violated\n", code: 1 });
    const error = await failureOf(update("dev", "policy", never));
    expect(error).to.be.instanceOf(Refusal);
    expect(error.message).to.equal(
      "stack dev is not updated, nothing was changed:\n  its preview says above why",
    );
    expect(commands()).to.deep.equal(["preview"]);
  });

  it("[R60] previews by the rules, and brings the stack up", async () => {
    pulumi.answer("preview", { events: [summary] });
    pulumi.answer("up", {});
    await update("dev", "rules", never);
    expect(pulumi.calls[0]?.args.join(" ")).to.match(/^preview --policy-pack rules --color never /);
    expect(pulumi.calls[1]?.args.join(" ")).to.match(/^up --yes --skip-preview --color never /);
  });

  it("[R60] says that an update goes on where it stopped", async () => {
    pulumi.answer("preview", { events: [summary] });
    pulumi.answer("up", { code: 1 });
    const error = await failureOf(update("dev", "rules", never));
    expect(error.message).to.equal("pulumi up --stack dev failed; it goes on where it stopped");
    expect(error).to.not.be.instanceOf(Refusal);
  });

  it("is none of a stack that the backend does not have", async () => {
    pulumi.answer("preview", { stderr: "error: no stack named 'dev' found\n", code: 1 });
    const error = await failureOf(update("dev", "rules", never));
    expect(error).to.be.instanceOf(UserError);
    expect(error.message).to.match(/^error: no stack named 'dev' found\n/);
  });
});
