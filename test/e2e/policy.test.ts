import { expect } from "chai";
import { succeed } from "./support/stack";

describe("Policy pack", () => {
  it("[C5] [O12] is run by make preview, and the stack as it runs breaks no rule", async () => {
    const output = await succeed("make", "--no-print-directory", "preview", "STACK=dev");
    expect(output).to.match(/Policy Packs run:\s+Name\s+Version\s+house-rules\b/);
  });
});
