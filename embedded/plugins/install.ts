import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { store } from "../cache";

/** A plugin that the program needs, in the version of its SDK. */
export interface Plugin {
  name: "kubernetes" | "random" | "tls";
  version: string;
}

/** Where a plugin comes from: Pulumi's own download, or what was made on this machine. */
export type Origin = "downloaded" | "made here";

/** Tells what a plugin was made of here; a downloaded one has no such file. Homes of earlier versions have it too. */
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
  return existsSync(join(dir, MARKER)) ? "made here" : "downloaded";
}

/** Whether a plugin that was made here is there, and of the sources as they are now. */
export function isCurrent(pulumiHome: string, plugin: Plugin, madeOf: string): boolean {
  const marker = join(pluginDir(pulumiHome, plugin), MARKER);
  return originOf(pulumiHome, plugin) === "made here" && readFileSync(marker, "utf8") === madeOf;
}

/** Links an executable to where the CLI looks for the plugin. */
export function installExecutable(pulumiHome: string, plugin: Plugin, executable: string): Promise<void> {
  return install(pulumiHome, plugin, executable, async (folder, name) =>
    symlinkSync(executable, join(folder, name)),
  );
}

/** Bundles a plugin of this repository to where the CLI looks for it. */
export function installBundle(pulumiHome: string, plugin: Plugin): Promise<void> {
  return install(pulumiHome, plugin, sourceHash(), async (folder, name) => {
    await bundle(join(import.meta.dirname, plugin.name, "main.ts"), join(folder, "plugin.cjs"));
    writeFileSync(join(folder, name), LAUNCHER, { mode: 0o755 });
  });
}

/** Nothing half-made is ever where the CLI looks. */
async function install(
  pulumiHome: string,
  plugin: Plugin,
  madeOf: string,
  fill: (folder: string, executable: string) => Promise<void>,
): Promise<void> {
  const dir = pluginDir(pulumiHome, plugin);
  await store(dir, async (folder) => {
    await fill(folder, `pulumi-resource-${plugin.name}`);
    writeFileSync(join(folder, MARKER), madeOf);
  });
  // Of a download that was interrupted.
  for (const old of [`${dir}.partial`, `${dir}.lock`]) rmSync(old, { recursive: true, force: true });
}

/**
 * Started by the CLI with an absolute path and any working directory. `exec`, because the plugin ends with its
 * parent process, which has to be the CLI. Node's warnings of old habits in libraries would be printed with
 * each preview, where no reader can do anything about them.
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

/** Changes whenever a bundled plugin or a library in it may have changed. */
export function sourceHash(): string {
  const embedded = join(import.meta.dirname, "..");
  const shared = [join(embedded, "certificates.ts"), join(embedded, "..", "package-lock.json")];
  const sources = readdirSync(import.meta.dirname, { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".ts"))
    .map((path) => join(import.meta.dirname, path));
  const hash = createHash("sha256");
  for (const file of [...sources.sort(), ...shared]) hash.update(readFileSync(file)).update("\0");
  return hash.digest("hex");
}
