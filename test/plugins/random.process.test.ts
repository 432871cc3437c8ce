import { existsSync, mkdtempSync, rmSync } from "node:fs";
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
    await until(
      "it has ended",
      40,
      async () => existsSync(`/proc/${lines[0]}`),
      (runs) => !runs,
    );
  });
});
