import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sdk from "@pulumi/random/package.json" with { type: "json" };
import { expect } from "chai";
import { execa } from "execa";
import { ensurePlugins, makePlugin, type Plugin, pluginsInUse } from "../../embedded/plugins";
import { installBundle, isCurrent, originOf, pluginDir, sourceHash } from "../../embedded/plugins/install";

const random: Plugin = { name: "random", version: sdk.version };

describe("plugin installation", () => {
  let home: string;
  let reports: string[];
  const report = (line: string) => reports.push(line);

  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), "pulumi-home-"));
    reports = [];
  });
  afterEach(() => rmSync(home, { recursive: true }));

  it("puts a plugin where it starts from any folder and prints its port", async () => {
    await installBundle(home, random);
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
    await installBundle(home, random);
    await installBundle(home, random);
    expect(readdirSync(join(home, "plugins"))).to.deep.equal([`resource-random-v${random.version}`]);
    expect(originOf(home, random)).to.equal("made here");
  });

  it("knows a downloaded plugin, an incomplete one, and one of older sources", async () => {
    expect(originOf(home, random)).to.equal(undefined);
    await installBundle(home, random);
    expect(isCurrent(home, random, sourceHash())).to.equal(true);

    const marker = join(pluginDir(home, random), "built-in.sha256");
    writeFileSync(marker, "of older sources");
    expect(isCurrent(home, random, sourceHash())).to.equal(false);
    expect(originOf(home, random)).to.equal("made here");

    rmSync(marker);
    expect(originOf(home, random)).to.equal("downloaded");
    writeFileSync(`${pluginDir(home, random)}.partial`, "");
    expect(originOf(home, random)).to.equal(undefined);
  });

  it("makes the plugins where no download can be had, says so once, and stays with them", async () => {
    // No proxy listens there: every network becomes a closed one.
    const proxy = process.env.HTTPS_PROXY;
    process.env.HTTPS_PROXY = "http://127.0.0.1:9";
    try {
      await ensurePlugins(home, report);
    } finally {
      if (proxy === undefined) delete process.env.HTTPS_PROXY;
      else process.env.HTTPS_PROXY = proxy;
    }
    expect(reports).to.deep.equal([`made here: ${await names("kubernetes", "random", "tls")}`]);
    expect(pluginsInUse(home)).to.deep.equal({
      kubernetes: "made here",
      random: "made here",
      tls: "made here",
    });

    await ensurePlugins(home, report);
    expect(reports).to.have.length(1);
  });

  it("renews a plugin whose sources changed, without another try to download", async () => {
    for (const name of ["random", "tls", "kubernetes"] as const)
      await makePlugin(home, await pluginOf(name), report);
    writeFileSync(join(pluginDir(home, random), "built-in.sha256"), "of older sources");
    await ensurePlugins(home, report);
    expect(isCurrent(home, random, sourceHash())).to.equal(true);
    expect(reports).to.deep.equal([`made here: ${await names("random")}`]);
  });

  it("lets downloaded plugins be", async () => {
    for (const name of ["random", "tls", "kubernetes"] as const) {
      const plugin = await pluginOf(name);
      mkdirSync(pluginDir(home, plugin), { recursive: true });
      writeFileSync(join(pluginDir(home, plugin), `pulumi-resource-${name}`), "", { mode: 0o755 });
    }
    await ensurePlugins(home, report);
    expect(pluginsInUse(home)).to.deep.equal({
      kubernetes: "downloaded",
      random: "downloaded",
      tls: "downloaded",
    });
    expect(reports).to.deep.equal([]);
  });

  async function names(...pluginNames: Plugin["name"][]): Promise<string> {
    const plugins = await Promise.all(pluginNames.map(pluginOf));
    return plugins.map(({ name, version }) => `${name} ${version}`).join(", ");
  }

  async function pluginOf(name: Plugin["name"]): Promise<Plugin> {
    const { default: sdk } = await import(`@pulumi/${name}/package.json`, { with: { type: "json" } });
    return { name, version: sdk.version };
  }
});
