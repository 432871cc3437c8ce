import { expect } from "chai";
import { judge, judgeSoFar } from "../../../operations/release/judge";

const limits = { samples: 50, successDrop: 1, p95Ratio: 1.5, p95Allowance: 0.05 };
const old = { requests: 900, success: 1, p95: 0.02 };
const good = { requests: 100, success: 1, p95: 0.02 };
const lines = (...args: Parameters<typeof judge>) =>
  judge(...args).map(({ metric, text }) => `${metric}: ${text}`);

describe("The judgement of a release", () => {
  it("[O10] passes a version that answers as the one before", () => {
    expect(judge(good, old, 0, limits)).to.deep.equal([]);
    expect(judge({ ...good, success: 0.995, p95: 0.07 }, old, 0, limits)).to.deep.equal([]);
  });

  it("[O10] takes too few requests for a failure where the version in use has some", () => {
    expect(lines({ requests: 3, success: 1, p95: 0.01 }, old, 0, limits)).to.deep.equal([
      "requests: 3 in this step, it takes 50 to judge",
    ]);
  });

  it("[R31] fails a version that has no request while the one in use has a single one", () => {
    expect(lines({ requests: 0 }, { requests: 1, success: 1, p95: 0.02 }, 0, limits)).to.deep.equal([
      "requests: 0 in this step, it takes 50 to judge",
    ]);
  });

  it("[R31] judges by restarts alone where neither version has a request: a worker, or a service at night", () => {
    for (const judged of [judge, judgeSoFar]) {
      expect(judged({ requests: 0 }, { requests: 0 }, 0, limits)).to.deep.equal([]);
      expect(judged({ requests: 0 }, { requests: 0 }, 1, limits)).to.deep.equal([
        { metric: "restarts", text: "1, none is allowed" },
      ]);
    }
  });

  it("[R31] compares a version whose requests are the first ones with one that never fails", () => {
    expect(judge({ requests: 60, success: 1, p95: 3 }, { requests: 0 }, 0, limits)).to.deep.equal([]);
    expect(lines({ requests: 60, success: 0.5, p95: 3 }, { requests: 0 }, 0, limits)).to.deep.equal([
      "success rate: 50 %, at least 99 % with no requests before",
    ]);
  });

  it("[O10] names each metric that is bad, its limit, and what it was before", () => {
    expect(lines({ requests: 100, success: 0.9, p95: 0.4 }, old, 2, limits)).to.deep.equal([
      "restarts: 2, none is allowed",
      "success rate: 90 %, at least 99 % with 100 % before",
      "p95: 400 ms, at most 80 ms with 20 ms before",
    ]);
  });

  it("compares with a version that is not perfect itself", () => {
    expect(judge({ ...good, success: 0.955 }, { ...old, success: 0.96 }, 0, limits)).to.deep.equal([]);
  });

  it("leaves a p95 over its limit until the end of the step, as a version is slow that has just started", () => {
    const cold = { requests: 208, success: 1, p95: 0.09 };
    expect(judgeSoFar(cold, old, 0, limits)).to.deep.equal([]);
    expect(lines(cold, old, 0, limits)).to.deep.equal(["p95: 90 ms, at most 80 ms with 20 ms before"]);
  });

  it("says before a step is over what is bad already: errors, restarts, and times far over the limit", () => {
    const slow = { success: 1, p95: 0.4 };
    expect(judgeSoFar({ requests: 3 }, old, 0, limits)).to.deep.equal([]);
    expect(judgeSoFar({ requests: 60, ...slow }, old, 0, limits)).to.deep.equal([]);
    expect(judgeSoFar({ requests: 100, ...slow }, old, 0, limits).map(({ metric }) => metric)).to.deep.equal([
      "p95",
    ]);
    expect(
      judgeSoFar({ requests: 60, success: 0.5, p95: 0.02 }, old, 1, limits).map(({ metric }) => metric),
    ).to.deep.equal(["restarts", "success rate"]);
  });
});
