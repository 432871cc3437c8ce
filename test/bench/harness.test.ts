import { expect } from "chai";
import { type Benchmark, median, run } from "../../bench/harness";

describe("The harness of make bench", () => {
  const calls: string[] = [];
  const values = [10, 1000, 20];
  const benchmark: Benchmark = {
    title: "a title",
    unit: "ms",
    ours: "ours",
    peer: "peer",
    runs: { quick: 1, full: 3 },
    prepare: async () => {
      calls.push("prepared");
      return async () => calls.push("cleaned");
    },
    measure: async () => {
      calls.push("measured");
      return { ours: values[calls.length - 2] ?? 0, peer: 40 };
    },
  };
  beforeEach(() => calls.splice(0));

  it("takes the median of each, and their ratio: one slow run does not count", async () => {
    expect(await run(benchmark, false)).to.deep.equal({ ours: 20, peer: 40, ratio: 0.5 });
    expect(calls).to.deep.equal(["prepared", "measured", "measured", "measured", "cleaned"]);
  });

  it("measures less often in a quick run", async () => {
    await run(benchmark, true);
    expect(calls).to.deep.equal(["prepared", "measured", "cleaned"]);
  });

  it("cleans up after a measurement that fails", async () => {
    const failing = { ...benchmark, measure: () => Promise.reject(new Error("no cluster")) };
    expect(await run(failing, true).catch((error) => error.message)).to.equal("no cluster");
    expect(calls).to.deep.equal(["prepared", "cleaned"]);
  });

  it("has as median of an even number the mean of the middle two", () => {
    expect(median([4, 1, 3, 2])).to.equal(2.5);
    expect(() => median([])).to.throw(RangeError);
  });
});
