import { config } from "chai";
import { diagnosis } from "../support/cluster";
import { small } from "../support/small";

// A failure says all of what was seen, not how many of it.
config.truncateThreshold = 0;

/** One stack for all files; what a failed test leaves is shown at once, and destroyed in the end. */
export const mochaHooks = {
  async beforeAll(this: Mocha.Context) {
    this.timeout(60_000);
    await small.open();
  },
  async afterEach(this: Mocha.Context) {
    if (this.currentTest?.state !== "failed") return;
    this.timeout(30_000);
    console.log(
      await diagnosis(small.namespace).catch((error) => `the cluster does not answer: ${error.message}`),
    );
  },
  async afterAll(this: Mocha.Context) {
    this.timeout(180_000);
    await small.remove();
  },
};
