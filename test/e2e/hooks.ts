import { config } from "chai";
import { diagnosis } from "./support/cluster";

// A failure says all of what was seen, not how many of it.
config.truncateThreshold = 0;

/** After a failure the cluster is asked at once, so that the test need not be run twice. */
export const mochaHooks = {
  async afterEach(this: Mocha.Context) {
    if (this.currentTest?.state !== "failed") return;
    this.timeout(30_000);
    console.log(await diagnosis().catch((error) => `the cluster does not answer: ${error.message}`));
  },
};
