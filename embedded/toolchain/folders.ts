import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { toolsDir } from "../paths";
import { modulesDir } from "./source";
import type { Tool } from "./tool";

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
export function executablesOf(tool: Tool): string[] {
  return Object.keys(tool.executables);
}

/** Whether the cache has a tool. */
export function isStored(tool: Tool): boolean {
  const folder = folderOf(tool);
  return executablesOf(tool).every((name) => existsSync(join(folder, name)));
}
