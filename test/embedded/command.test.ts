import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { CommandFailure, run } from "../../embedded/command";
import { logsDir } from "../../embedded/paths";

const LOG = `command-test-${process.pid}`;
const logFile = join(logsDir, `${LOG}.log`);

const shell = (script: string, options = {}) => run("sh", ["-c", script], { log: LOG, ...options });

async function failure(script: string, options = {}): Promise<CommandFailure> {
  const error = await shell(script, options).catch((error) => error);
  expect(error).to.be.instanceOf(CommandFailure);
  return error;
}

describe("Commands", () => {
  afterEach(() => rmSync(logFile, { force: true }));

  it("answer with their output and log it with what they complain about", async () => {
    expect(await shell("echo one; echo two >&2")).to.equal("one");
    const log = readFileSync(logFile, "utf8");
    expect(log).to.contain("one\n").and.contain("two\n");
  });

  it("that fail tell how, with their last lines and the log", async () => {
    const { message } = await failure("seq 30; exit 3");
    const lines = message.split("\n");
    expect(lines[0]).to.match(/: exit code 3$/);
    expect(lines.slice(1, -1)).to.have.length(15).and.include("  | 30");
    expect(lines.at(-1)).to.equal(`  log: ${logFile}`);
  });

  it("that are killed or take too long say so", async () => {
    expect((await failure("kill -9 $$")).reason).to.equal("ended by SIGKILL");
    expect((await failure("exec sleep infinity", { timeout: 50 })).reason).to.equal("no end after 50 ms");
  });

  it("log and report only what is made of their lines", async () => {
    const reported: string[] = [];
    await shell("echo password; echo step", {
      translate: (line: string) => (line === "step" ? "one step" : undefined),
      report: (line: string) => reported.push(line),
    });
    expect(reported).to.deep.equal(["one step"]);
    expect(readFileSync(logFile, "utf8").split("\n").slice(1)).to.deep.equal(["one step", ""]);
  });
});
