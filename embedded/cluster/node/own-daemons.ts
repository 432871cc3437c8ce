import { dirname, join } from "node:path";
import { build } from "esbuild";
import { cacheDir } from "../../paths";
import { certificate } from "../control-plane/identities";
import { configDir } from "../layout";
import { hostPort, type Listener, ports } from "../network/ports";
import type { Daemon } from "../supervisor";

/** The programs of this repository that run as daemons, by the name of their certificate. */
const programs = {
  volumes: "../storage/volumes.ts",
  "network-policies": "../network/policies/program.ts",
};

/** The provisioner of volumes. */
export const volumesDaemon = ownDaemon("volume-provisioner", "volumes", 32, ports.volumesHealth);

/** What enforces NetworkPolicies. Healthy when the rules that should be in force are. */
export const networkPoliciesDaemon = ownDaemon(
  "network-policies",
  "network-policies",
  48,
  ports.networkPoliciesHealth,
);

/** Makes each of them one file of plain JavaScript, which needs neither this checkout nor a compiler once it runs. */
export async function bundleOwnDaemons(): Promise<void> {
  const sources = Object.entries(programs).map(([name, path]) => [name, join(import.meta.dirname, path)]);
  await build({
    entryPoints: Object.fromEntries(sources),
    outdir: configDir,
    outExtension: { ".js": ".mjs" },
    bundle: true,
    platform: "node",
    target: "node20",
    format: "esm",
  });
}

/** @param heap in MB: small, because it does next to nothing */
function ownDaemon(name: string, program: keyof typeof programs, heap: number, health: Listener): Daemon {
  const bundle = join(configDir, `${program}.mjs`);
  return {
    name,
    executable: process.execPath,
    args: [`--max-old-space-size=${heap}`, "--max-semi-space-size=1", "--single-threaded", bundle],
    // Where `paths.ts` looks, whatever the environment of those who start it.
    env: { XDG_CACHE_HOME: dirname(cacheDir) },
    files: [bundle, certificate(program)],
    health: { url: `http://${hostPort(health)}/` },
  };
}
