import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { expect } from "chai";
import { withLock } from "../../embedded/lock";
import { UserError } from "../../model/user-error";

const NAME = `lock-test-${process.pid}`;

/** Another process that takes the lock and keeps it. */
async function holder(): Promise<ChildProcess> {
  const lock = new URL("../../embedded/lock.ts", import.meta.url);
  const script = `
    import { withLock } from ${JSON.stringify(lock.href)};
    await withLock("make up", () => new Promise(() => { console.log("held"); setInterval(() => {}, 1000); }), "${NAME}");
  `;
  const child = spawn(process.execPath, ["--import=tsx", "--input-type=module", "--eval", script], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  await once(child.stdout, "data");
  return child;
}

async function refusal(): Promise<UserError> {
  const error = await withLock("make down", async () => undefined, NAME).catch((error) => error);
  expect(error).to.be.instanceOf(UserError);
  return error;
}

describe("Lock of the embedded cluster", () => {
  let child: ChildProcess | undefined;
  afterEach(() => child?.kill("SIGKILL"));

  it("names the command that holds it, its process and since when", async () => {
    child = await holder();
    const { problem, remedy } = await refusal();
    expect(problem).to.match(
      new RegExp(`^make up is already running: process ${child.pid}, since \\d\\d:\\d\\d:\\d\\d$`),
    );
    expect(remedy).to.equal("wait for it to end");
  });

  it("is free again once its holder was killed", async () => {
    child = await holder();
    child.kill("SIGKILL");
    await once(child, "exit");
    expect(await withLock("make up", async () => "done", NAME)).to.equal("done");
  });

  it("is free again after the work has failed", async () => {
    const work = () => withLock("make up", () => Promise.reject(new Error("no disk")), NAME);
    expect((await work().catch((error) => error)).message).to.equal("no disk");
    expect((await work().catch((error) => error)).message).to.equal("no disk");
  });
});
