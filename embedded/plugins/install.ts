import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** A plugin that the program needs, in the version of its SDK. */
export interface Plugin {
  name: "kubernetes" | "random" | "tls";
  version: string;
}

/** Where a plugin comes from: Pulumi's own download, or this repository. */
export type Origin = "official" | "built-in";

/** Holds the hash of the sources in the folder of a built-in plugin; an official one has no such file. */
const MARKER = "built-in.sha256";

/** The folder where the CLI looks for a plugin. */
export function pluginDir(pulumiHome: string, { name, version }: Plugin): string {
  return join(pulumiHome, "plugins", `resource-${name}-v${version}`);
}

/** Undefined when it is not there, or its download was interrupted. */
export function originOf(pulumiHome: string, plugin: Plugin): Origin | undefined {
  const dir = pluginDir(pulumiHome, plugin);
  if (!existsSync(join(dir, `pulumi-resource-${plugin.name}`)) || existsSync(`${dir}.partial`))
    return undefined;
  return existsSync(join(dir, MARKER)) ? "built-in" : "official";
}

/** Whether a built-in plugin is there and was made of the sources as they are now. */
export function isCurrent(pulumiHome: string, plugin: Plugin): boolean {
  const marker = join(pluginDir(pulumiHome, plugin), MARKER);
  return originOf(pulumiHome, plugin) === "built-in" && readFileSync(marker, "utf8") === sourceHash();
}

/** Bundles a plugin of this repository to where the CLI looks for it; nothing half-made is ever there. */
export async function installBuiltIn(pulumiHome: string, plugin: Plugin): Promise<void> {
  const dir = pluginDir(pulumiHome, plugin);
  const fresh = join(pulumiHome, "plugins", `.${plugin.name}-${process.pid}`);
  try {
    mkdirSync(fresh, { recursive: true });
    await bundle(join(import.meta.dirname, plugin.name, "main.ts"), join(fresh, "plugin.cjs"));
    writeFileSync(join(fresh, `pulumi-resource-${plugin.name}`), LAUNCHER, { mode: 0o755 });
    writeFileSync(join(fresh, MARKER), sourceHash());
    for (const old of [dir, `${dir}.partial`, `${dir}.lock`]) rmSync(old, { recursive: true, force: true });
    renameSync(fresh, dir);
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
}

/**
 * Started by the CLI with an absolute path and any working directory. `exec`, because the plugin ends with its
 * parent process, which has to be the CLI. Node's warnings of old habits in libraries would be printed with
 * each preview, where nobody can do anything about them.
 */
const LAUNCHER = '#!/bin/sh\nexec node --no-deprecation "$(dirname "$0")/plugin.cjs" "$@"\n';

/** One file, because Node takes far longer to find hundreds than to read one. */
async function bundle(entry: string, outfile: string): Promise<void> {
  // Only here, so that looking whether all is installed does not load it.
  const { build } = await import("esbuild");
  await build({
    entryPoints: [entry],
    outfile,
    bundle: true,
    platform: "node",
    target: "node20",
    format: "cjs",
    logLevel: "silent",
  });
}

/** Changes whenever a plugin or a library in it may have changed. */
function sourceHash(): string {
  const root = join(import.meta.dirname, "..", "..");
  const sources = readdirSync(import.meta.dirname, { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".ts"))
    .map((path) => join(import.meta.dirname, path));
  const hash = createHash("sha256");
  for (const file of [...sources.sort(), join(root, "package-lock.json")])
    hash.update(readFileSync(file)).update("\0");
  return hash.digest("hex");
}
