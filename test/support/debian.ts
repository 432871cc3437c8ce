import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { store } from "../../embedded/cache";
import { toolsDir } from "../../embedded/paths";

const run = promisify(execFile);

/**
 * A program of one of Debian's packages, unpacked into the cache and not installed, so that no service of it is ever
 * started. @param path where it is in the package
 * @throws when the package cannot be had
 */
export async function ensureDebian(name: string, path: string): Promise<string> {
  const folder = join(toolsDir, `${name}-debian-${process.arch}`);
  const binary = join(folder, path);
  if (!existsSync(binary)) await store(folder, (folder) => unpackPackage(name, folder));
  return binary;
}

async function unpackPackage(name: string, folder: string): Promise<void> {
  const packages = join(folder, "packages");
  const download = () => run("apt-get", ["download", name], { cwd: packages });
  await mkdir(packages, { recursive: true });
  try {
    await download().catch(async () => {
      // The lists of a fresh machine are old or empty.
      await run("apt-get", ["update"]);
      await download();
    });
    await run("sh", ["-c", 'dpkg-deb --extract packages/*.deb "$PWD"'], { cwd: folder });
  } catch (error) {
    throw new Error(`Debian's package ${name} cannot be had: ${(error as Error).message}`);
  } finally {
    await rm(packages, { recursive: true, force: true });
  }
}
