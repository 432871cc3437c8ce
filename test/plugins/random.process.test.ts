import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sdk from "@pulumi/random/package.json" with { type: "json" };
import { expect } from "chai";
import { execa } from "execa";
import { installBundle, type Plugin, pluginDir } from "../../embedded/plugins/install";
import { until } from "../support/until";

const random: Plugin = { name: "random", version: sdk.version };

describe("random plugin as a process", () => {
  let home: string;

  before(async () => {
    home = mkdtempSync(join(tmpdir(), "pulumi-home-"));
    await installBundle(home, random);
  });
  after(() => rmSync(home, { recursive: true }));

  it("ends when the engine that started it is killed", async () => {
    const plugin = join(pluginDir(home, random), "pulumi-resource-random");
    const engine = execa("sh", ["-c", `"${plugin}" & echo "$!"; wait`], { reject: false });
    // Its process id, then, once it serves, its port.
    const lines: string[] = [];
    for await (const line of engine.iterable()) {
      if (lines.push(line) < 2) continue;
      expect(existsSync(`/proc/${lines[0]}`)).to.equal(true);
      engine.kill("SIGKILL");
    }
    expect(Number(lines[1])).to.be.within(1024, 65535);
    await untilEnded(lines[0]);
  });

  it("ends when that engine was killed before Node had loaded the plugin", async () => {
    const killed = join(home, "killed");
    const pidFile = join(home, "pid");
    // The launcher has begun, and Node is slow.
    const slow = `echo "$$" > "${pidFile}"\nuntil [ -e "${killed}" ]; do sleep 0.05; done\nexec "${process.execPath}" "$@"\n`;
    writeFileSync(join(home, "node"), `#!/bin/sh\n${slow}`, { mode: 0o755 });
    const plugin = join(pluginDir(home, random), "pulumi-resource-random");
    const env = { PATH: `${home}:${process.env.PATH}` };
    const engine = execa("sh", ["-c", `"${plugin}" & wait`], { reject: false, env, stdio: "ignore" });
    const started = async () => existsSync(pidFile) && readFileSync(pidFile, "utf8").trim();
    const id = await until("the launcher runs", 40, started, Boolean);
    engine.kill("SIGKILL");
    await engine;
    writeFileSync(killed, "");
    await untilEnded(String(id));
  });

  const untilEnded = (id?: string) =>
    until(
      "the plugin has ended",
      40,
      async () => existsSync(`/proc/${id}`),
      (runs) => !runs,
    );
});
