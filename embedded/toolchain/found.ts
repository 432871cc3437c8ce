import { constants, existsSync } from "node:fs";
import { copyFile, open, realpath } from "node:fs/promises";
import { delimiter, dirname, join } from "node:path";
import { execa } from "execa";
import { toolsDir } from "../paths";
import { executablesOf } from "./folders";
import type { Tool } from "./tool";

/**
 * Copies a tool's executables from the first folder on the PATH that has all of them, when they are of the
 * right version. Copies, because what is on the PATH may be upgraded at any time.
 * @returns whether they were there
 */
export async function copyFromPath(tool: Tool, folder: string): Promise<boolean> {
  const names = executablesOf(tool);
  for (const place of (process.env.PATH ?? "").split(delimiter)) {
    const [first] = names.map((name) => join(place, name));
    if (!first || !existsSync(first)) continue;
    // A link leads to where the publisher's files are together.
    const origin = dirname(await realpath(first));
    const files = names.map((name) => join(origin, name));
    if (origin.startsWith(toolsDir) || !(await areExecutables(files))) continue;
    for (const name of names) {
      await copyFile(join(origin, name), join(folder, name), constants.COPYFILE_FICLONE);
    }
    if ((await wrongVersions(tool, folder)).length === 0) return true;
  }
  return false;
}

/**
 * Asks executables for their version.
 * @returns a line for each one that is not of the tool's
 */
export async function wrongVersions(tool: Tool, folder: string): Promise<string[]> {
  const wrong: string[] = [];
  for (const name of executablesOf(tool)) {
    const args = tool.executables[name];
    if (!args) continue;
    const { all } = await execa(join(folder, name), args, {
      all: true,
      reject: false,
      timeout: 20_000,
      env: { PULUMI_SKIP_UPDATE_CHECK: "true" },
    });
    const version = /\d+\.\d+\.\d+[-+\w.]*/.exec(all)?.[0];
    if (version !== tool.version) wrong.push(`${name} is ${version ?? "of no known version"}`);
  }
  return wrong;
}

/** Whether all are ELF files: the scripts of version managers change with the folder they are called in. */
async function areExecutables(files: string[]): Promise<boolean> {
  for (const file of files) {
    if (!existsSync(file)) return false;
    const handle = await open(file);
    const { buffer } = await handle.read({ buffer: Buffer.alloc(4) });
    await handle.close();
    if (buffer.toString("latin1") !== "\x7fELF") return false;
  }
  return true;
}
