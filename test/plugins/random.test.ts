import { expect } from "chai";
import { generator } from "../../embedded/plugins/provider";
import { generatePassword, randomResources } from "../../embedded/plugins/random/resources";
import { secret } from "../../embedded/plugins/wire";
import { ResourceUnderTest, secretsOf, UNKNOWN } from "./resource-under-test";

const password = new ResourceUnderTest(randomResources, "random:index/randomPassword:RandomPassword");
const bytes = new ResourceUnderTest(randomResources, "random:index/randomBytes:RandomBytes");

const REMEDY = "use a network where Pulumi's own plugin can be downloaded";

/** What the official provider fills in. */
const passwordDefaults = {
  ...{ lower: true, upper: true, numeric: true, number: true, special: true },
  ...{ minLower: 0, minUpper: 0, minNumeric: 0, minSpecial: 0 },
};

/** The outputs of the official provider, and of this plugin before it had only what the program uses. */
const officialState = {
  ...passwordDefaults,
  __meta: '{"schema_version":"3"}',
  length: 32,
  special: false,
  keepers: null,
  overrideSpecial: null,
  result: secret("of the official plugin"),
  bcryptHash: secret("$2a$10$…"),
};

describe("generated passwords", () => {
  it("have the length and the characters that are allowed", () => {
    expect(generatePassword(500, false)).to.match(/^[a-zA-Z0-9]{500}$/);
    expect(generatePassword(500, true)).to.match(/^[a-zA-Z0-9!@#$%&*()\-_=+[\]{}<>:?]{500}$/);
  });

  it("hold every character about equally often", () => {
    const counts = new Map<string, number>();
    for (const character of generatePassword(83_000, true)) {
      counts.set(character, (counts.get(character) ?? 0) + 1);
    }
    expect(counts.size).to.equal(83);
    // Chi-squared with 82 degrees of freedom is over 150 once in 100,000 runs of a fair source.
    const chiSquared = [...counts.values()].reduce((sum, count) => sum + (count - 1000) ** 2 / 1000, 0);
    expect(chiSquared).to.be.below(150);
  });
});

describe("random plugin", () => {
  it("makes a password with all outputs that the official provider fills in", async () => {
    const { id, outs } = await password.create({ length: 20 });
    const { result, ...others } = outs;
    expect(others).to.deep.equal({ ...passwordDefaults, length: 20 });
    expect(secretsOf(outs)).to.deep.equal(["result"]);
    expect((result as { value: string }).value).to.have.length(20);
    expect(id).to.equal("none");
  });

  it("leaves special characters out where it is told so", async () => {
    expect((await password.outputs({ length: 100, special: false })).result).to.match(/^[a-zA-Z0-9]{100}$/);
  });

  it("makes secret bytes in two forms, which the id does not tell", async () => {
    const { id, outs } = await bytes.create({ length: 4 });
    expect(secretsOf(outs)).to.deep.equal(["base64", "hex"]);
    const { base64 = "", hex } = await bytes.outputs({ length: 4 });
    expect(Buffer.from(base64, "base64")).to.have.length(4);
    expect(Buffer.from(base64, "base64").toString("hex")).to.equal(hex);
    expect(id).to.equal("none");
  });

  it("says everything that is wrong with the inputs at once", async () => {
    expect(await password.failures({ length: 0, special: "no", minLower: 2, keepers: {} })).to.deep.equal([
      "keepers: is no input of this plugin, which has length, special, lower, upper, numeric, number, minLower, " +
        `minUpper, minNumeric, minSpecial; ${REMEDY}`,
      "length: must be a whole number from 1 to 9007199254740991",
      "special: must be true or false",
      `minLower: must be 0 (else ${REMEDY})`,
    ]);
    expect(await bytes.failures({})).to.deep.equal([
      "length: is required, and must be a whole number from 1 to 9007199254740991",
    ]);
  });

  it("leaves what is unknown in a preview to the update", async () => {
    expect(await password.failures({ length: UNKNOWN, special: secret(UNKNOWN) })).to.deep.equal([]);
  });

  it("accepts a default that is written down", async () => {
    expect(await password.failures({ length: 8, lower: true, minSpecial: 0 })).to.deep.equal([]);
    expect(await password.replacedBy(officialState, { length: 32, special: false, lower: true })).to.equal(
      undefined,
    );
  });

  it("leaves a password of the official plugin as it is", async () => {
    expect(await password.replacedBy(officialState, { length: 32, special: false })).to.equal(undefined);
    expect(await password.read(officialState)).to.deep.equal(officialState);
  });

  it("replaces a password when an input changes, or may change", async () => {
    expect(await password.replacedBy(officialState, { length: 33 })).to.deep.equal(["length", "special"]);
    expect(await password.replacedBy(officialState, { length: UNKNOWN, special: false })).to.deep.equal([
      "length",
    ]);
  });

  it("says what there is in place of a type or a function that it does not have", async () => {
    const types = Object.keys(randomResources).join(", ");
    const pet = new ResourceUnderTest(randomResources, "random:index/randomPet:RandomPet");
    const refusal = `this plugin has no random:index/randomPet:RandomPet, only ${types}; ${REMEDY}`;
    expect(await pet.failures({})).to.deep.equal([refusal]);
    expect(await pet.read({ length: 2 }).catch(String)).to.equal(`Error: ${refusal}`);
    const answer = await generator(randomResources).invoke?.("random:index:pick", {});
    expect(answer?.failures).to.deep.equal([
      { property: "", reason: `this plugin has no random:index:pick, only ${types}; ${REMEDY}` },
    ]);
  });

  it("refuses to look a resource up by its id", async () => {
    expect(await password.read({}).catch(String)).to.equal(
      `Error: random:index/randomPassword:RandomPassword cannot be looked up; ${REMEDY}`,
    );
  });
});
