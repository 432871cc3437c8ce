import { readFileSync } from "node:fs";
import { expect } from "chai";
import { execa } from "execa";
import { exitCodes, exitCodesHelp } from "../../operations/exit-codes";
import { projectDir } from "../../stacks/stack-file";

/** As `npx ops` starts it. */
const ops = (...args: string[]) =>
  execa("node", ["operations/bin.mjs", ...args], {
    cwd: projectDir,
    reject: false,
    env: { KUBECONFIG: "/dev/null" },
  });

/** The files of packages that a command imports. */
async function importsOf(...args: string[]): Promise<string> {
  const report = "--import=./test/support/report-imports.mjs";
  const options = { cwd: projectDir, reject: false, env: { KUBECONFIG: "/dev/null" } } as const;
  const { stderr } = await execa("node", [report, "operations/bin.mjs", ...args], options);
  return stderr
    .split("\n")
    .filter((line) => line.startsWith("imports "))
    .join("\n");
}

describe("npx ops", () => {
  it("explains its commands", async () => {
    const { stdout, exitCode } = await ops("--help");
    expect(exitCode).to.equal(0);
    for (const command of ["status", "review", "verify", "promote", "diagram"])
      expect(stdout).to.contain(command);
  });

  it("[O13] has the exit codes that its help and docs/operations.md list", async () => {
    const { stdout } = await ops("--help");
    const [, listed = ""] = /\nExit codes:\n([\s\S]*?)$/.exec(stdout) ?? [];
    expect(listed.trimEnd()).to.equal(exitCodesHelp);
    const page = readFileSync("docs/operations.md", "utf8");
    const rows = [...page.matchAll(/^\| (\d) \| (.+) \|$/gm)].map(
      ([, code, meaning]) => `  ${code}  ${meaning}`,
    );
    expect(rows.join("\n")).to.equal(exitCodesHelp);
  });

  it("[O13] takes dev for the stack of a command that names none, and no stack without --stack", async () => {
    for (const command of ["status", "up", "verify"]) {
      const { stdout } = await ops(command, "--help");
      expect(stdout, command).to.match(/--stack <stack> +of Pulumi\.<stack>\.yaml \(default: "dev"\)/);
      const old = await ops(command, "dev");
      expect(old.stderr, command).to.contain(`too many arguments for '${command}'`);
      expect(old.exitCode, command).to.equal(exitCodes.invalid);
    }
  }).timeout(120_000);

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

  it("[O13] loads for a diagram neither Pulumi nor anything of Kubernetes, which take longer than all the rest", async () => {
    expect(await importsOf("diagram", "malai"))
      .to.include("commander")
      .and.not.match(/pulumi|kubernetes/);
    // A command that needs them shows that they would be seen.
    expect(await importsOf("status")).to.include("@kubernetes/client-node/");
  });

  it("ends with 2, and what to mend, for wrong arguments, files and stacks", async () => {
    for (const [args, text] of [
      [["promote", "dev"], "missing required argument 'to'"],
      [["review", "nowhere.json"], "nowhere.json cannot be read: ENOENT"],
      [["status", "--stack", "staging"], 'there is no stack "staging"'],
      [["promote", "dev", "dev"], "a stack is not promoted to itself"],
      [["verify"], "your kubeconfig cannot be read"],
    ] as const) {
      const { stderr, exitCode } = await ops(...args);
      expect(stderr, args.join(" ")).to.contain(text);
      expect(exitCode, args.join(" ")).to.equal(2);
    }
  }).timeout(120_000);
});
