import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { mkdir, readdir, rename, rm } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { toolsDir } from "../paths";
import { modulesDir } from "./source";
import type { Tool, ToolName } from "./tool";

const partialPrefix = ".partial-";

/** Folder of a tool in the cache, named after everything that went into it: a changed pin is another folder. */
export function folderOf(tool: Tool): string {
  const hash = createHash("sha256").update(JSON.stringify(tool)).update(process.arch);
  for (const { module } of tool.sources) {
    const folder = join(modulesDir, module);
    const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
    const files = entries
      .filter((entry) => entry.isFile())
      .map(({ parentPath, name }) => join(parentPath, name));
    for (const file of files.map((path) => relative(folder, path)).sort()) {
      hash.update(`\n${file}\n`).update(readFileSync(join(folder, file)));
    }
  }
  return join(toolsDir, `${tool.name}-${tool.version}-${hash.digest("hex").slice(0, 12)}`);
}

/** The file names of a tool's executables. */
export function executablesOf(tool: Tool): ToolName[] {
  return Object.keys(tool.executables) as ToolName[];
}

/** Whether the cache has a tool. */
export function isStored(tool: Tool): boolean {
  const folder = folderOf(tool);
  return executablesOf(tool).every((name) => existsSync(join(folder, name)));
}

/** Fills a folder under another name and renames it, so that it is in the cache complete or not at all. */
export async function store(folder: string, fill: (partial: string) => Promise<void>): Promise<void> {
  const partial = join(dirname(folder), `${partialPrefix}${process.pid}-${Date.now()}`);
  await mkdir(partial, { recursive: true });
  try {
    await fill(partial);
    // Only what somebody has damaged by hand is in the way.
    await rm(folder, { recursive: true, force: true });
    await rename(partial, folder);
  } finally {
    await rm(partial, { recursive: true, force: true });
  }
}

/** Deletes what killed runs left half-made. */
export async function removeAbandoned(cache = toolsDir): Promise<void> {
  await mkdir(cache, { recursive: true });
  for (const name of await readdir(cache)) {
    if (!name.startsWith(partialPrefix)) continue;
    const [pid] = name.slice(partialPrefix.length).split("-");
    if (!existsSync(`/proc/${pid}`)) await rm(join(cache, name), { recursive: true, force: true });
  }
}
