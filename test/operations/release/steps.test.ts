import { expect } from "chai";
import { nextVersion, stepsOf } from "../../../operations/release/steps";

const pace = { steps: [10, 50, 100], hold: 60, grace: 30 };

describe("The steps of a release", () => {
  it("[O10] of a canary are the header first, then its weights", () => {
    expect(stepsOf("canary", pace).map(({ name, weight, hold }) => [name, weight, hold])).to.deep.equal([
      ["header", 0, 0],
      ["10 %", 10, 60],
      ["50 %", 50, 60],
      ["100 %", 100, 60],
    ]);
  });

  it("[O9] of blue-green are green beside blue, the switch, and a time of grace", () => {
    expect(stepsOf("blue-green", pace).map(({ name, weight, hold }) => [name, weight, hold])).to.deep.equal([
      ["green", 0, 0],
      ["switch", 100, 60],
      ["grace", 100, 30],
    ]);
    expect(stepsOf("blue-green", { ...pace, grace: 0 })).to.have.length(2);
  });

  it("lead to the next version", () => {
    expect(["v1", "v9", "release-41", "blue"].map(nextVersion)).to.deep.equal([
      "v2",
      "v10",
      "release-42",
      "v2",
    ]);
  });
});
