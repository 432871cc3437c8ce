import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { cacheDir } from "../../paths";
import { certificate } from "../control-plane/identities";
import { configDir } from "../layout";
import { hostPort, ports } from "../network/ports";
import type { Daemon } from "../supervisor";

/** One file of plain JavaScript: needs neither this checkout nor a compiler once it runs. */
const bundle = join(configDir, "volumes.mjs");

/** The provisioner of volumes. Small heaps, because it does next to nothing. */
export const volumesDaemon: Daemon = {
  name: "volume-provisioner",
  executable: process.execPath,
  args: ["--max-old-space-size=32", "--max-semi-space-size=1", "--single-threaded", bundle],
  // Where `paths.ts` looks, whatever the environment of those who start it.
  env: { XDG_CACHE_HOME: dirname(cacheDir) },
  files: [bundle, certificate("volumes")],
  health: { url: `http://${hostPort(ports.volumesHealth)}/` },
};

/** Bundles {@link import("./volumes")}. */
export async function buildVolumesDaemon(): Promise<void> {
  await build({
    entryPoints: [fileURLToPath(new URL("volumes.ts", import.meta.url))],
    outfile: bundle,
    bundle: true,
    platform: "node",
    target: "node20",
    format: "esm",
  });
}
