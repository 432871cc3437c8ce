import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import kubernetes from "@pulumi/kubernetes/package.json" with { type: "json" };
import random from "@pulumi/random/package.json" with { type: "json" };
import tls from "@pulumi/tls/package.json" with { type: "json" };
import { execa } from "execa";
import { type Report, run } from "../command";
import { toolchain } from "../toolchain";
import { installBuiltIn, isCurrent, type Origin, originOf, type Plugin } from "./install";

export type { Origin } from "./install";

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
 * Puts the provider plugins into a PULUMI_HOME of our own: the official ones where they can be downloaded, else
 * the plugins of this repository for closed networks, and says so. Once decided it stays so for that home.
 */
export async function ensurePlugins(pulumiHome: string, report: Report): Promise<void> {
  const missing = plugins.filter(
    (plugin) => originOf(pulumiHome, plugin) !== "official" && !isCurrent(pulumiHome, plugin),
  );
  if (missing.length === 0) return;
  if ((await originFor(pulumiHome)) === "official") {
    for (const plugin of missing) {
      report(`downloading Pulumi's ${plugin.name} plugin ${plugin.version}`);
      await run(toolchain().path("pulumi"), installArguments(plugin), {
        log: "plugins",
        env: environment(pulumiHome),
        timeout: DOWNLOAD_TIMEOUT,
      });
    }
  } else {
    const names = missing.map(({ name }) => name).join(", ");
    report(
      `Pulumi's plugins cannot be downloaded; using this repository's own for closed networks: ${names}`,
    );
    for (const plugin of missing) await installBuiltIn(pulumiHome, plugin);
  }
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
  return present ?? ((await canDownload(pulumiHome)) ? "official" : "built-in");
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
