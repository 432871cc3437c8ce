import { expect } from "chai";
import { tell } from "../support/releasing";
import { shop } from "../support/shop";
import { summaryOf } from "../support/stack";

/** What the program says that it is: the version that the platform has given it. */
const serving = async () => (await shop.call("GET", "/orders/openapi.json")).body.info.version;

const rows = async (): Promise<Record<string, unknown>[]> => (await shop.call("GET", "/orders")).body;

const release = (tag: string) =>
  shop.ops("release", "orders", "--image", `:${tag}`, "--steps", "50,100", "--hold", "10");

describe("A release of a program that was not written for the platform", function () {
  this.timeout(600_000);

  it("[N3] migrates first, with the image of the new version, and then serves", async () => {
    expect(await serving()).to.equal("v1");
    const { exitCode, all } = await release("2.0.0");
    tell(all);
    expect(exitCode, all).to.equal(0);
    expect(await serving()).to.equal("v2");
    const [first] = await rows();
    expect(first).to.include({ note: null });
    expect(summaryOf(await shop.changes())).to.deep.equal([]);
  });

  it("[N3] is taken back when its migration fails: with its log, and nothing is switched", async () => {
    const before = await rows();
    const { exitCode, all } = await release("3.0.0");
    tell(all);
    expect(exitCode, all).to.equal(4);
    expect(all).to.match(/migration {2}Job orders-migration-v3 failed/);
    expect(all).to.match(/column "customer" of relation "orders" contains null values/);
    expect(await serving()).to.equal("v2");
    expect(await rows()).to.deep.equal(before);
    expect(summaryOf(await shop.changes())).to.deep.equal([]);
  });
});
