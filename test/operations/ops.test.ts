import { expect } from "chai";
import { execa } from "execa";
import { projectDir } from "../../stacks/stack-file";

/** As `npx ops` starts it. */
const ops = (...args: string[]) =>
  execa("node", ["operations/bin.mjs", ...args], {
    cwd: projectDir,
    reject: false,
    env: { KUBECONFIG: "/dev/null" },
  });

describe("npx ops", () => {
  it("explains its commands and exit codes", async () => {
    const { stdout, exitCode } = await ops("--help");
    expect(exitCode).to.equal(0);
    for (const command of ["status", "review", "verify", "promote", "diagram"])
      expect(stdout).to.contain(command);
    expect(stdout).to.contain("3  refused");
  });

  it("[C5] prints the comment of recorded previews without a cluster", async () => {
    const recorded = "test/operations/review/recorded";
    const { stdout, exitCode } = await ops(
      "review",
      `dev=${recorded}/risky.json`,
      `prod=${recorded}/same.json`,
    );
    expect(exitCode).to.equal(0);
    expect(stdout).to.contain("## Review: 11 risks in dev, no risk in prod");
  });

  it("[C5] prints the same for programs", async () => {
    const { stdout } = await ops("review", "--json", "dev=test/operations/review/recorded/risky.json");
    const [review] = JSON.parse(stdout);
    expect(review).to.deep.include({
      stack: "dev",
      counts: { create: 8, update: 9, replace: 1, delete: 5, same: 53 },
    });
  });

  it("ends with 2, and what to mend, for wrong arguments, files and stacks", async () => {
    for (const [args, text] of [
      [["promote", "dev"], "missing required argument 'to'"],
      [["review", "nowhere.json"], "nowhere.json cannot be read: ENOENT"],
      [["status", "staging"], 'there is no stack "staging"'],
      [["promote", "dev", "dev"], "a stack is not promoted to itself"],
      [["verify", "dev"], "your kubeconfig cannot be read"],
    ] as const) {
      const { stderr, exitCode } = await ops(...args);
      expect(stderr, args.join(" ")).to.contain(text);
      expect(exitCode, args.join(" ")).to.equal(2);
    }
  }).timeout(30_000);
});
