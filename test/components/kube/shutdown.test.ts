import { expect } from "chai";
import { shutdownOf } from "../../../components/kube/shutdown";

describe("Shutdown", () => {
  it("[O12] drains, closes its connections and ends within the grace period, whatever it is", () => {
    for (let grace = 2; grace <= 120; grace += 1) {
      for (let drain = 1; drain < grace; drain += 1) {
        const { sleep, drainSeconds, graceSeconds } = shutdownOf({ drain, grace });
        const title = `${drain} s of ${grace} s`;
        expect(sleep, title).to.equal(drain);
        expect(sleep + graceSeconds, title).to.be.at.most(grace);
        expect(drainSeconds, title).to.be.within(0, graceSeconds - 1);
      }
    }
  });

  it("leaves most of the grace period to the requests in flight", () => {
    expect(shutdownOf({ drain: 5, grace: 30 })).to.deep.equal({
      sleep: 5,
      drainSeconds: 2,
      graceSeconds: 24,
    });
  });
});
