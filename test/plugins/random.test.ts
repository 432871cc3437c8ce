import { compareSync } from "bcryptjs";
import { expect } from "chai";
import {
  type CharacterRules,
  randomCharacters,
  ruleProblems,
} from "../../embedded/plugins/random/characters";
import { entropy, shuffled } from "../../embedded/plugins/random/entropy";
import { randomTypes, uuid7 } from "../../embedded/plugins/random/types";

const everything: CharacterRules = {
  length: 20,
  lower: true,
  upper: true,
  numeric: true,
  special: true,
  minLower: 0,
  minUpper: 0,
  minNumeric: 0,
  minSpecial: 0,
};

function many(rules: Partial<CharacterRules>, count = 200): string[] {
  return Array.from({ length: count }, () => randomCharacters({ ...everything, ...rules }, entropy()));
}

describe("entropy", () => {
  it("draws every number below the limit about equally often", () => {
    const below = entropy();
    const counts = Array<number>(10).fill(0);
    for (let draw = 0; draw < 20_000; draw++) (counts[below(10)] as number)++;
    // Chi-squared with 9 degrees of freedom is over 40 once in 100,000 runs of a fair source.
    const chiSquared = counts.reduce((sum, count) => sum + (count - 2000) ** 2 / 2000, 0);
    expect(chiSquared).to.be.below(40);
  });

  it("throws away the draws that would favour small numbers", () => {
    // Of 2⁴⁸ numbers, a limit of two thirds leaves a tail of one third: with a remainder alone, the lower half
    // of the results would come up in two of three draws.
    const limit = Math.floor((2 ** 48 * 2) / 3);
    const below = entropy("some seed");
    const draws = Array.from({ length: 4000 }, () => below(limit));
    const low = draws.filter((draw) => draw < limit / 2).length;
    expect(low).to.be.within(1800, 2200);
  });

  it("repeats itself with the same seed, and only then", () => {
    const draw = (seed: string) => Array.from({ length: 8 }, entropy(seed).bind(null, 1000));
    expect(draw("a")).to.deep.equal(draw("a"));
    expect(draw("a")).to.not.deep.equal(draw("b"));
  });

  it("shuffles into every order", () => {
    const orders = new Set(Array.from({ length: 500 }, () => shuffled(["a", "b", "c"], entropy()).join("")));
    expect([...orders].sort()).to.deep.equal(["abc", "acb", "bac", "bca", "cab", "cba"]);
  });
});

describe("random characters", () => {
  it("have the length and the classes that are allowed", () => {
    expect(many({ length: 20 }).every((text) => text.length === 20)).to.equal(true);
    expect(many({ special: false }).join("")).to.match(/^[a-zA-Z0-9]+$/);
    expect(many({ lower: false, upper: false, special: false }).join("")).to.match(/^\d+$/);
    expect(many({ lower: false, upper: false, numeric: false }).join("")).to.match(
      /^[!@#$%&*()\-_=+[\]{}<>:?]+$/,
    );
  });

  it("take overrideSpecial in place of the usual special characters", () => {
    const text = many({ overrideSpecial: "_~" }).join("");
    expect(text).to.match(/^[a-zA-Z0-9_~]+$/);
    expect(text).to.include("~");
  });

  it("use every character of a class", () => {
    expect(new Set(many({ lower: false, upper: false, special: false }).join("")).size).to.equal(10);
  });

  it("keep the minimum of each class, anywhere in the string", () => {
    const texts = many({ length: 8, minLower: 2, minUpper: 2, minNumeric: 2, minSpecial: 2 });
    for (const text of texts) {
      expect(text.replace(/[^a-z]/g, "")).to.have.length(2);
      expect(text.replace(/[^A-Z]/g, "")).to.have.length(2);
      expect(text.replace(/[^0-9]/g, "")).to.have.length(2);
    }
    const firstIsDigit = texts.filter((text) => /^\d/.test(text)).length;
    expect(firstIsDigit).to.be.within(10, 100);
  });

  it("are refused when the minimums are longer than the length, or no class is left", () => {
    expect(ruleProblems({ ...everything, length: 3, minLower: 4 })).to.deep.equal([
      { property: "length", reason: "is 3, less than the 4 characters that the min… inputs ask for" },
    ]);
    expect(ruleProblems({ ...everything, length: 0 })[0]?.reason).to.equal("is 0, must be at least 1");
    const none = { lower: false, upper: false, numeric: false, special: false };
    expect(ruleProblems({ ...everything, ...none })[0]?.reason).to.equal(
      "one of lower, upper, numeric and special must be true",
    );
  });
});

describe("random types", () => {
  it("make a version 7 UUID that begins with its time", () => {
    expect(uuid7(0x0197ad85fe6e)).to.match(/^0197ad85-fe6e-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  });

  it("write one id in four ways", async () => {
    const type = randomTypes["random:index/randomId:RandomId"];
    const { id, outputs } = (await type?.create({ byteLength: 3, prefix: "p-" } as never)) ?? {};
    const bytes = Buffer.from(String(id), "base64url");
    expect(bytes).to.have.length(3);
    expect(outputs).to.deep.equal({
      b64Url: `p-${bytes.toString("base64url")}`,
      b64Std: `p-${bytes.toString("base64")}`,
      hex: `p-${bytes.toString("hex")}`,
      dec: `p-${bytes.readUIntBE(0, 3)}`,
    });
  });

  it("hash a password so that it can be compared, and the id tells nothing of it", async () => {
    const type = randomTypes["random:index/randomPassword:RandomPassword"];
    const made = await type?.create({ length: 20, lower: true, upper: true, numeric: true } as never);
    expect(made?.id).to.equal("none");
    expect(compareSync(String(made?.outputs.result), String(made?.outputs.bcryptHash))).to.equal(true);
  });

  it("repeat the items of a shuffle only after each was there", async () => {
    const type = randomTypes["random:index/randomShuffle:RandomShuffle"];
    const made = await type?.create({ inputs: ["a", "b", "c"], resultCount: 7 } as never);
    const results = made?.outputs.results as string[];
    expect(results).to.have.length(7);
    expect(results.slice(0, 3).sort()).to.deep.equal(["a", "b", "c"]);
    expect(results.slice(3, 6).sort()).to.deep.equal(["a", "b", "c"]);
  });
});
