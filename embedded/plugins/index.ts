import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import kubernetes from "@pulumi/kubernetes/package.json" with { type: "json" };
import random from "@pulumi/random/package.json" with { type: "json" };
import tls from "@pulumi/tls/package.json" with { type: "json" };
import { execa } from "execa";
import { type Report, run } from "../command";
import { ensureKubernetesProvider, kubernetesProviderPath, toolchain } from "../toolchain";
import {
  installBundle,
  installExecutable,
  isCurrent,
  type Origin,
  originOf,
  type Plugin,
  sourceHash,
} from "./install";

export type { Origin, Plugin } from "./install";

const plugins: Plugin[] = [
  { name: "kubernetes", version: kubernetes.version },
  { name: "random", version: random.version },
  { name: "tls", version: tls.version },
];

/** The smallest one, some 15 MB: its download tells whether there are any. */
const trial: Plugin = { name: "random", version: random.version };

/** Milliseconds. A firewall that drops packets says nothing, so the trial must end by itself. */
const TRIAL_TIMEOUT = 20_000;
const DOWNLOAD_TIMEOUT = 300_000;

/**
 * Puts the provider plugins into a PULUMI_HOME of our own: Pulumi's releases where they can be downloaded. Elsewhere, and
 * it says so, the kubernetes plugin is built from Pulumi's source, and random and tls, whose source no registry has, are
 * this repository's own for closed networks. Once decided it stays so for that home.
 */
export async function ensurePlugins(pulumiHome: string, report: Report): Promise<void> {
  const missing = plugins.filter(
    (plugin) =>
      originOf(pulumiHome, plugin) !== "downloaded" && !isCurrent(pulumiHome, plugin, madeOf(plugin)),
  );
  if (missing.length === 0) return;
  const origin = await originFor(pulumiHome);
  const install = origin === "downloaded" ? download : makePlugin;
  for (const plugin of missing) await install(pulumiHome, plugin, report);
  report(`${origin}: ${missing.map(({ name, version }) => `${name} ${version}`).join(", ")}`);
}

async function download(pulumiHome: string, plugin: Plugin, report: Report): Promise<void> {
  report(`downloading Pulumi's ${plugin.name} plugin ${plugin.version}`);
  await run(toolchain().path("pulumi"), installArguments(plugin), {
    log: "plugins",
    env: environment(pulumiHome),
    timeout: DOWNLOAD_TIMEOUT,
  });
}

/** Makes a plugin here and puts it where the CLI looks for it. */
export async function makePlugin(pulumiHome: string, plugin: Plugin, report: Report): Promise<void> {
  if (plugin.name !== "kubernetes") return installBundle(pulumiHome, plugin);
  return installExecutable(pulumiHome, plugin, await ensureKubernetesProvider(report));
}

/** What a plugin is made of here, which changes when it has to be made anew. */
function madeOf({ name }: Plugin): string {
  return name === "kubernetes" ? kubernetesProviderPath() : sourceHash();
}

/** Which plugins a PULUMI_HOME has, and where each comes from. */
export function pluginsInUse(pulumiHome: string): Partial<Record<Plugin["name"], Origin>> {
  return Object.fromEntries(
    plugins.flatMap((plugin) => {
      const origin = originOf(pulumiHome, plugin);
      return origin ? [[plugin.name, origin]] : [];
    }),
  );
}

/** The origin of what is there already, so that no plugin changes sides below a stack; else a trial decides. */
async function originFor(pulumiHome: string): Promise<Origin> {
  const [present] = Object.values(pluginsInUse(pulumiHome));
  return present ?? ((await canDownload(pulumiHome)) ? "downloaded" : "made here");
}

/** Tries one download, and gives up at the first error: the CLI would go on for some seconds. */
async function canDownload(pulumiHome: string): Promise<boolean> {
  const controller = new AbortController();
  // Of its own, because a CLI that is interrupted leaves the beginning of the download there.
  const temporary = mkdtempSync(join(tmpdir(), "plugin-download-"));
  try {
    const child = execa(toolchain().path("pulumi"), installArguments(trial), {
      env: { ...environment(pulumiHome), TMPDIR: temporary },
      all: true,
      reject: false,
      timeout: TRIAL_TIMEOUT,
      cancelSignal: controller.signal,
    });
    for await (const line of child.iterable({ from: "all" })) {
      if (line.includes("Error downloading")) controller.abort();
    }
    return (await child).exitCode === 0;
  } finally {
    rmSync(temporary, { recursive: true });
  }
}

function installArguments({ name, version }: Plugin): string[] {
  return ["plugin", "install", "resource", name, `v${version}`];
}

function environment(pulumiHome: string): Record<string, string> {
  return {
    PULUMI_HOME: pulumiHome,
    PULUMI_SKIP_UPDATE_CHECK: "true",
    // Asks for no more than where to download from, and takes seven seconds to find that it cannot ask.
    PULUMI_DISABLE_REGISTRY_RESOLVE: "true",
  };
}
