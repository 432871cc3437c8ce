import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import sdk from "@pulumi/random/package.json" with { type: "json" };
import { expect } from "chai";
import { TemporaryStack } from "./temporary-stack";

function program(rules: Partial<random.RandomPasswordArgs> = {}) {
  return async () => {
    const password = new random.RandomPassword("password", { length: 20, ...rules });
    const bytes = new random.RandomBytes("bytes", { length: 16 });
    return { password: password.result, base64: bytes.base64, hex: bytes.hex, special: password.special };
  };
}

/** Resources of the program: two and the stack. */
const ALL = 3;

describe("random plugin in a stack", function () {
  this.timeout(120_000);
  let stack: TemporaryStack;

  before(async () => {
    stack = await TemporaryStack.create({ name: "random", version: sdk.version });
  });
  after(() => stack?.remove());

  it("makes nothing in a preview", async () => {
    expect(await stack.preview(program())).to.deep.equal({ create: ALL });
    expect(stack.stateText()).to.not.include("random:index/randomPassword:RandomPassword");
  });

  it("makes values once and keeps them", async () => {
    const first = await stack.up(program());
    expect(first.password).to.have.length(20);
    expect(Buffer.from(first.base64, "base64").toString("hex")).to.equal(first.hex).and.to.have.length(32);
    expect(first.special).to.equal(true);

    expect(await stack.preview(program())).to.deep.equal({ same: ALL });
    expect(await stack.up(program())).to.deep.equal(first);
  });

  it("keeps secrets out of the state's plain text", async () => {
    const { password, base64, hex } = await stack.up(program());
    for (const secret of [password, base64, hex]) expect(stack.stateText()).to.not.include(secret);
  });

  it("finds nothing changed at a refresh", async () => {
    const before = await stack.up(program());
    expect(await stack.refresh()).to.deep.equal({ same: ALL });
    expect(await stack.preview(program())).to.deep.equal({ same: ALL });
    expect(await stack.up(program())).to.deep.equal(before);
  });

  it("replaces a value when an input changes", async () => {
    expect(await stack.preview(program({ length: 21 }))).to.deep.equal({ same: ALL - 1, replace: 1 });
    const before = await stack.up(program());
    const after = await stack.up(program({ special: false }));
    expect(after.password)
      .to.match(/^[a-zA-Z0-9]{20}$/)
      .and.to.not.equal(before.password);
    expect(after.hex).to.equal(before.hex);
  });

  it("refuses wrong inputs and other resources in the preview, all at once", async () => {
    const wrong = async () => {
      new random.RandomPassword("password", { length: 0, minUpper: 4 });
    };
    const error = await stack.preview(wrong).then(() => "", String);
    expect(error).to.include(
      "property length value {0} has a problem: must be a whole number from 1 to 9007199254740991",
    );
    expect(error).to.include("must be 0 (else use a network where Pulumi's own plugin can be downloaded)");

    const pet = async () => {
      new random.RandomPet("pet");
    };
    const refusal = await stack.preview(pet).then(() => "", String);
    expect(refusal).to.include("this plugin has no random:index/randomPet:RandomPet, only random:index/");
    expect(refusal).to.not.include("plugin.cjs:");
  });

  it("does not print a secret that is wrong", async () => {
    const wrong = async () => {
      new random.RandomPassword("password", { length: pulumi.secret(-4711) });
    };
    const error = await stack.preview(wrong).then(() => "", String);
    expect(error).to.include("length must be a whole number from 1 to");
    expect(error).to.not.include("4711");
  });

  it("leaves nothing after a destroy", async () => {
    expect(await stack.destroy()).to.deep.equal({ delete: ALL });
  });
});
