import { rmSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { expect } from "chai";
import { execa } from "execa";
import { daemonsDir } from "../../embedded/cluster/layout";
import {
  type Daemon,
  ensureDaemons,
  runningDaemon,
  stopDaemons,
  wasStarted,
} from "../../embedded/cluster/supervisor";
import { CommandFailure } from "../../embedded/command";
import { logsDir } from "../../embedded/paths";
import { moduleUrl } from "../support/namespace";
import { until } from "../support/until";

const name = `supervisor-test-${process.pid}`;
const listen = "require('node:net').createServer().listen(Number(process.argv[1]), '127.0.0.1')";

describe("Supervisor", () => {
  let reported: string[] = [];
  let port: number;
  const daemon = (script = listen): Daemon => ({
    name,
    executable: process.execPath,
    args: ["-e", script, String(port)],
    health: { host: "127.0.0.1", port },
  });
  const ensure = (daemon: Daemon) => ensureDaemons([daemon], (line) => reported.push(line));

  beforeEach(async () => {
    reported = [];
    port = await freePort();
  });
  afterEach(async () => {
    await stopDaemons([name]);
    rmSync(join(daemonsDir, `${name}.json`), { force: true });
    for (const log of [`${name}.log`, `${name}.log.1`]) rmSync(join(logsDir, log), { force: true });
  });

  it("starts a daemon, and leaves one alone that runs", async () => {
    await ensure(daemon());
    const first = runningDaemon(name);
    await ensure(daemon());
    expect(reported).to.deep.equal([`starting ${name}`]);
    expect(runningDaemon(name)).to.deep.equal(first);
  });

  it("starts a daemon anew that was killed", async () => {
    await ensure(daemon());
    const first = runningDaemon(name)?.pid as number;
    process.kill(first, "SIGKILL");
    await until(
      "it has ended",
      40,
      async () => runningDaemon(name),
      (running) => running === undefined,
    );
    await ensure(daemon());
    expect(runningDaemon(name)?.pid).to.be.a("number").that.does.not.equal(first);
  });

  it("restarts a daemon whose arguments changed", async () => {
    await ensure(daemon());
    await ensure(daemon(`${listen}; 'changed'`));
    expect(reported).to.deep.equal([`starting ${name}`, `restarting ${name}`]);
  });

  it("remembers a daemon that it stopped, as one that was started", async () => {
    expect(wasStarted(name)).to.equal(false);
    await ensure(daemon());
    await stopDaemons([name]);
    expect(runningDaemon(name)).to.equal(undefined);
    expect(wasStarted(name)).to.equal(true);
  });

  it("finds a daemon again that was started a moment before its starter was killed", async () => {
    // Killed by itself as soon as the daemon is there, so that it writes nothing down any more.
    const script = `
      import childProcess from "node:child_process";
      import { syncBuiltinESMExports } from "node:module";
      const { spawn } = childProcess;
      childProcess.spawn = (...args) => {
        spawn(...args);
        process.kill(process.pid, "SIGKILL");
      };
      syncBuiltinESMExports();
      const { ensureDaemons } = await import(${moduleUrl("embedded/cluster/supervisor.ts")});
      await ensureDaemons([${JSON.stringify(daemon())}], () => {});
    `;
    const starter = await execa(process.execPath, ["--import=tsx", "--input-type=module", "--eval", script], {
      reject: false,
      input: "",
    });
    expect(starter.signal, starter.stderr).to.equal("SIGKILL");
    const found = runningDaemon(name);
    expect(found?.pid).to.be.a("number");
    await ensure(daemon());
    expect(reported).to.deep.equal([]);
    expect(runningDaemon(name)?.pid).to.equal(found?.pid);
  });

  it("fails at once with the last lines of a daemon that ends", async () => {
    const failure = await ensure(daemon("console.error('no such flag'); process.exit(3)")).catch(
      (error) => error,
    );
    expect(failure).to.be.instanceOf(CommandFailure);
    expect(failure.reason).to.equal("ended right after its start");
    expect(failure.lastLines).to.deep.equal(["no such flag"]);
  });
});

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === "object" && address ? address.port : 0;
}
