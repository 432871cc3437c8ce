import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sdk from "@pulumi/random/package.json" with { type: "json" };
import { expect } from "chai";
import { execa } from "execa";
import { ensurePlugins, pluginsInUse } from "../../embedded/plugins";
import { installBuiltIn, isCurrent, originOf, type Plugin, pluginDir } from "../../embedded/plugins/install";

const random: Plugin = { name: "random", version: sdk.version };

describe("plugin installation", function () {
  this.timeout(60_000);
  let home: string;
  let reports: string[];
  const report = (line: string) => reports.push(line);

  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), "pulumi-home-"));
    reports = [];
  });
  afterEach(() => rmSync(home, { recursive: true }));

  it("puts a plugin where it starts from any folder and prints its port", async () => {
    await installBuiltIn(home, random);
    const plugin = execa(join(pluginDir(home, random), "pulumi-resource-random"), {
      cwd: tmpdir(),
      reject: false,
    });
    let port = "";
    for await (const line of plugin.iterable()) {
      port = line;
      plugin.kill();
    }
    expect(Number(port)).to.be.within(1024, 65535);
  });

  it("leaves nothing beside the plugin, not even of a download that was interrupted", async () => {
    mkdirSync(join(home, "plugins"));
    writeFileSync(`${pluginDir(home, random)}.partial`, "");
    await installBuiltIn(home, random);
    await installBuiltIn(home, random);
    expect(readdirSync(join(home, "plugins"))).to.deep.equal([`resource-random-v${random.version}`]);
    expect(originOf(home, random)).to.equal("built-in");
  });

  it("knows an official plugin, an incomplete one, and one of older sources", async () => {
    expect(originOf(home, random)).to.equal(undefined);
    await installBuiltIn(home, random);
    expect(isCurrent(home, random)).to.equal(true);

    const marker = join(pluginDir(home, random), "built-in.sha256");
    writeFileSync(marker, "of older sources");
    expect(isCurrent(home, random)).to.equal(false);
    expect(originOf(home, random)).to.equal("built-in");

    rmSync(marker);
    expect(originOf(home, random)).to.equal("official");
    writeFileSync(`${pluginDir(home, random)}.partial`, "");
    expect(originOf(home, random)).to.equal(undefined);
  });

  it("takes the built-in plugins where no download can be had, says so once, and stays with them", async () => {
    // Nobody listens there: every network becomes a closed one.
    const proxy = process.env.HTTPS_PROXY;
    process.env.HTTPS_PROXY = "http://127.0.0.1:9";
    try {
      await ensurePlugins(home, report);
    } finally {
      if (proxy === undefined) delete process.env.HTTPS_PROXY;
      else process.env.HTTPS_PROXY = proxy;
    }
    expect(reports).to.deep.equal([
      "Pulumi's plugins cannot be downloaded; using this repository's own for closed networks: kubernetes, random, tls",
    ]);
    expect(pluginsInUse(home)).to.deep.equal({ kubernetes: "built-in", random: "built-in", tls: "built-in" });

    const start = performance.now();
    await ensurePlugins(home, report);
    expect(performance.now() - start).to.be.below(500);
    expect(reports).to.have.length(1);
  });

  it("renews a plugin whose sources changed, without another try to download", async () => {
    for (const name of ["random", "tls", "kubernetes"] as const)
      await installBuiltIn(home, await pluginOf(name));
    writeFileSync(join(pluginDir(home, random), "built-in.sha256"), "of older sources");
    await ensurePlugins(home, report);
    expect(isCurrent(home, random)).to.equal(true);
    expect(reports.join()).to.include("closed networks: random");
  });

  it("lets official plugins be", async () => {
    for (const name of ["random", "tls", "kubernetes"] as const) {
      const plugin = await pluginOf(name);
      mkdirSync(pluginDir(home, plugin), { recursive: true });
      writeFileSync(join(pluginDir(home, plugin), `pulumi-resource-${name}`), "", { mode: 0o755 });
    }
    await ensurePlugins(home, report);
    expect(pluginsInUse(home)).to.deep.equal({ kubernetes: "official", random: "official", tls: "official" });
    expect(reports).to.deep.equal([]);
  });

  async function pluginOf(name: Plugin["name"]): Promise<Plugin> {
    const { default: sdk } = await import(`@pulumi/${name}/package.json`, { with: { type: "json" } });
    return { name, version: sdk.version };
  }
});
