import { expect } from "chai";
import { check } from "../../../model/checks";
import { makePlan } from "../../../model/make-plan";
import { UserError } from "../../../operations/errors";
import { type ReleaseOptions, release } from "../../../operations/release/release";
import { malai } from "../../../platforms/malai";
import { settingsOf } from "../../support/render";

const options: ReleaseOptions = {
  stack: "dev",
  image: ":2.0.0",
  strategy: "canary",
  smoke: [],
  schema: "incompatible",
  dryRun: true,
  json: true,
};

describe("A release with an incompatible schema", () => {
  it("[R24] is refused as a canary, before anything is changed, with the remedy", async () => {
    for (const dryRun of [true, false]) {
      const error = await release("auth-service", { ...options, dryRun }).catch((error) => error);
      expect(error).to.be.instanceOf(UserError);
      expect(error.message).to.equal(
        "a canary of auth-service would serve beside v1, which cannot work with the database that it leaves\n" +
          "  add --strategy blue-green, which switches everything at once",
      );
    }
  });

  it("[R24] is refused by a check where it is written by hand", () => {
    const services = { "auth-service": { release: { schema: "incompatible" } } };
    const problems = check(makePlan(malai, settingsOf("dev", { services })));
    expect(problems).to.deep.equal([
      {
        at: "platform:services.auth-service.release",
        problem: "a canary serves beside v1, which cannot work with the database that v2 leaves",
        remedy: "set its strategy to blue-green, or its schema to compatible",
      },
    ]);
    const green = { "auth-service": { release: { schema: "incompatible", strategy: "blue-green" } } };
    expect(check(makePlan(malai, settingsOf("dev", { services: green })))).to.deep.equal([]);
  });
});
