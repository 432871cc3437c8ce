import { config } from "chai";
import { diagnosis } from "../support/cluster";
import { shop } from "../support/shop";

// A failure says all of what was seen, not how many of it.
config.truncateThreshold = 0;

/** One stack for all files; what a failed test leaves is shown at once, and destroyed in the end. */
export const mochaHooks = {
  async beforeAll(this: Mocha.Context) {
    // Images are built from the registries when nothing is cached.
    this.timeout(1_800_000);
    await shop.open();
    await shop.bringImages();
    await shop.bringUp();
  },
  async afterEach(this: Mocha.Context) {
    if (this.currentTest?.state !== "failed") return;
    this.timeout(30_000);
    console.log(
      await diagnosis(shop.namespace).catch((error) => `the cluster does not answer: ${error.message}`),
    );
  },
  async afterAll(this: Mocha.Context) {
    this.timeout(300_000);
    await shop.remove();
  },
};
