import { expect } from "chai";
import { messageOf } from "../../policy/rule";
import { objectRules, stackRules } from "../../policy/rules";
import { protectedVolumes } from "../../policy/volumes";
import { manifestsOf, stacks } from "../support/manifests";
import { managed } from "./objects";

/** Whether a resource is protected only Pulumi knows: `make preview` asks that. */
const askedHere = stackRules.filter((rule) => rule !== protectedVolumes);

describe("Policy: the stacks of this repository", () => {
  for (const stack of stacks) {
    it(`[O12] [O13] ${stack} breaks no rule`, async () => {
      const objects = await manifestsOf(stack);
      const violations = [
        ...objectRules.flatMap((rule) => objects.flatMap((object) => rule.violations(object))),
        ...askedHere.flatMap((rule) => rule.violations(objects.map((object) => managed(object)))),
      ];
      expect(violations.map(messageOf).join("\n")).to.equal("");
    });
  }
});
