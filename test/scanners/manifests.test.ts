import { readFileSync } from "node:fs";
import { expect } from "chai";
import { stacks } from "../support/manifests";
import { settingsOf } from "../support/render";
import { type Manifests, renderAll } from "./findings";

describe("The objects that the scanners read", () => {
  let manifests: Manifests;
  before(async () => {
    manifests = await renderAll();
  });
  after(() => manifests?.remove());

  it("are those of both platforms in both environments", () => {
    const combinations = stacks
      .map((stack) => settingsOf(stack))
      .map(({ catalog, tier }) => `${catalog} ${tier}`);
    expect(combinations).to.include.members(
      ["malai", "dealcycle"].flatMap((catalog) => [`${catalog} development`, `${catalog} production`]),
    );
  });

  it("[O11] hold no secret", () => {
    for (const [stack, file] of manifests.files) {
      // How every generated password begins while the program is only rendered.
      expect(readFileSync(file, "utf8"), stack).not.to.contain("password-of-");
    }
  });
});
