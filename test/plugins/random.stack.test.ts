import * as random from "@pulumi/random";
import sdk from "@pulumi/random/package.json" with { type: "json" };
import { expect } from "chai";
import { TemporaryStack } from "./temporary-stack";

/** One resource of each type; `color` is the keeper of all. */
function program(color: string, rules: Partial<random.RandomPasswordArgs> = {}) {
  return async () => {
    const keepers = { color };
    const password = new random.RandomPassword("password", { length: 20, minNumeric: 2, keepers, ...rules });
    return {
      password: password.result,
      bcryptHash: password.bcryptHash,
      string: new random.RandomString("string", { length: 8, special: false, keepers }).result,
      id: new random.RandomId("id", { byteLength: 4, prefix: "id-", keepers }).hex,
      bytes: new random.RandomBytes("bytes", { length: 16, keepers }).base64,
      integer: new random.RandomInteger("integer", { min: -5, max: 5, keepers }).result,
      shuffle: new random.RandomShuffle("shuffle", { inputs: ["a", "b", "c"], keepers }).results,
      uuid: new random.RandomUuid("uuid", { keepers }).result,
    };
  };
}

/** Resources of the program: seven and the stack. */
const ALL = 8;

describe("random plugin in a stack", function () {
  this.timeout(120_000);
  let stack: TemporaryStack;

  before(async () => {
    stack = await TemporaryStack.create({ name: "random", version: sdk.version });
  });
  after(() => stack?.remove());

  it("makes values once and keeps them", async () => {
    const first = await stack.up(program("red"));
    expect(first.password).to.have.length(20);
    expect(first.bcryptHash).to.match(/^\$2b\$10\$.{53}$/);
    expect(first.string).to.match(/^[a-zA-Z0-9]{8}$/);
    expect(first.id).to.match(/^id-[0-9a-f]{8}$/);
    expect(Buffer.from(first.bytes, "base64")).to.have.length(16);
    expect(first.integer).to.be.within(-5, 5);
    expect([...first.shuffle].sort()).to.deep.equal(["a", "b", "c"]);
    expect(first.uuid).to.match(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);

    expect(await stack.preview(program("red"))).to.deep.equal({ same: ALL });
    expect(await stack.up(program("red"))).to.deep.equal(first);
  });

  it("keeps secrets out of the state's plain text", async () => {
    const { password, bcryptHash, bytes, string } = await stack.up(program("red"));
    expect(stack.stateText()).to.include(string);
    for (const secret of [password, bcryptHash, bytes]) expect(stack.stateText()).to.not.include(secret);
  });

  it("finds nothing changed at a refresh", async () => {
    expect(await stack.refresh()).to.deep.equal({ same: ALL });
  });

  it("sees no change in a default that is written down", async () => {
    const defaults = { special: true, numeric: true, minLower: 0 };
    expect(await stack.preview(program("red", defaults))).to.deep.equal({ same: ALL });
  });

  it("replaces a value when an input changes, and all when their keepers do", async () => {
    expect(await stack.preview(program("red", { length: 21 }))).to.deep.equal({ same: ALL - 1, replace: 1 });
    expect(await stack.preview(program("blue"))).to.deep.equal({ same: 1, replace: ALL - 1 });

    const before = await stack.up(program("red"));
    const after = await stack.up(program("blue"));
    for (const name of ["password", "string", "id", "bytes", "uuid"]) {
      expect(after[name], name).to.not.equal(before[name]);
    }
  });

  it("refuses impossible rules in the preview, by input", async () => {
    const impossible = async () => {
      new random.RandomPassword("password", { length: 3, minUpper: 4 });
    };
    const error = await stack.preview(impossible).then(() => "", String);
    expect(error).to.include("is 3, less than the 4 characters that the min… inputs ask for");
  });

  it("says what there is in place of a type it does not have", async () => {
    const pet = async () => {
      new random.RandomPet("pet");
    };
    const error = await stack.preview(pet).then(() => "", String);
    expect(error).to.include("have no random:index/randomPet:RandomPet, only");
  });

  it("imports by value, without a difference to the program", async () => {
    const imports = async () => {
      const password = new random.RandomPassword("old", { length: 6 }, { import: "s3cret" });
      const id = new random.RandomId("old", { byteLength: 3, prefix: "p-" }, { import: "p-,p-9h" });
      const integer = new random.RandomInteger("old", { min: 1, max: 9 }, { import: "7,1,9" });
      return { password: password.result, hex: id.hex, integer: integer.result };
    };
    expect(await stack.up(imports)).to.deep.equal({ password: "s3cret", hex: "p-a7ef61", integer: 7 });
    expect(await stack.preview(imports)).to.deep.equal({ same: 4 });
  });

  it("leaves nothing after a destroy", async () => {
    expect(await stack.destroy()).to.deep.equal({ delete: 4 });
  });
});
