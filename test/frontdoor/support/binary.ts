import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, rm } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";
import { toolsDir } from "../../../embedded/paths";
import { store } from "../../../embedded/toolchain/store";

const run = promisify(execFile);

/**
 * A real nginx: this machine's, or the one of Debian's package `nginx`, unpacked into the cache and not installed, so
 * that no service of it is ever started.
 * @throws when there is neither
 */
export async function ensureNginx(): Promise<string> {
  const places = [...(process.env.PATH ?? "").split(delimiter), "/usr/local/sbin", "/usr/sbin"];
  const installed = places.map((place) => join(place, "nginx")).find((file) => existsSync(file));
  if (installed) return installed;
  const folder = join(toolsDir, `nginx-debian-${process.arch}`);
  const binary = join(folder, "usr/sbin/nginx");
  if (!existsSync(binary)) await store(folder, unpackPackage);
  await run(binary, ["-v"]);
  return binary;
}

async function unpackPackage(folder: string): Promise<void> {
  const packages = join(folder, "packages");
  await mkdir(packages, { recursive: true });
  try {
    await download(packages).catch(async () => {
      // The lists of a fresh machine are old or empty.
      await run("apt-get", ["update"]);
      await download(packages);
    });
    await run("sh", ["-c", 'dpkg-deb --extract packages/*.deb "$PWD"'], { cwd: folder });
  } catch (error) {
    throw new Error(
      `there is no nginx on this machine, and Debian's package cannot be had; install nginx: ${(error as Error).message}`,
    );
  } finally {
    await rm(packages, { recursive: true, force: true });
  }
}

const download = (cwd: string) => run("apt-get", ["download", "nginx"], { cwd });
