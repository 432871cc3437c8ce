import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { cacheDir } from "../../../paths";
import { certificate } from "../../control-plane/identities";
import { configDir } from "../../layout";
import type { Daemon } from "../../supervisor";
import { hostPort, ports } from "../ports";

/** One file of plain JavaScript: needs neither this checkout nor a compiler once it runs. */
const bundle = join(configDir, "network-policies.mjs");

/** What enforces NetworkPolicies. Healthy when the rules that should be in force are. */
export const networkPoliciesDaemon: Daemon = {
  name: "network-policies",
  executable: process.execPath,
  args: ["--max-old-space-size=48", "--max-semi-space-size=1", "--single-threaded", bundle],
  // Where `paths.ts` looks, whatever the environment of those who start it.
  env: { XDG_CACHE_HOME: dirname(cacheDir) },
  files: [bundle, certificate("network-policies")],
  health: { url: `http://${hostPort(ports.networkPoliciesHealth)}/` },
};

/** Bundles {@link import("./program")}. */
export async function buildNetworkPoliciesDaemon(): Promise<void> {
  await build({
    entryPoints: [fileURLToPath(new URL("program.ts", import.meta.url))],
    outfile: bundle,
    bundle: true,
    platform: "node",
    target: "node20",
    format: "esm",
  });
}
