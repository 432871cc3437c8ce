import { readFileSync } from "node:fs";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type Report, run } from "../../embedded/command";
import { debianLayer } from "../../embedded/images/base";
import type { Blob } from "../../embedded/images/layer";

/** Every package with its hashes. Made with: pip-compile --generate-hashes --strip-extras --no-header --no-annotate */
const requirements = join(import.meta.dirname, "python", "requirements.txt");

/** What the suite has, and the wheels are chosen for. */
const PYTHON = "3.11";
const packagesDir = `usr/local/lib/python${PYTHON}/dist-packages`;

const contents = {
  suite: "bookworm",
  packages: ["base-files", "python3"],
  excluded: [
    ...[
      "dev/*",
      "etc/apt",
      "etc/hostname",
      "etc/resolv.conf",
      "usr/lib/*/perl*",
      "usr/share/doc",
      "usr/share/man",
    ],
    ...[
      "usr/share/locale",
      "usr/share/perl*",
      "var/cache/*",
      "var/lib/apt",
      "var/lib/dpkg",
      `${packagesDir}/bin`,
    ],
  ],
};

/** Node's names of the processor, as wheels have them. */
const machines: Record<string, string> = { x64: "x86_64", arm64: "aarch64" };

/**
 * Debian's Python with the packages of requirements.txt where Debian's own looks for local ones, and all of it compiled: an
 * image's file system is read-only, so that each start would do it again.
 * @throws {CommandFailure} when a registry is unavailable, or delivers another package than the pinned one
 */
export function pythonLayer(report: Report): Promise<Blob> {
  const further = { requirements: readFileSync(requirements, "utf8"), machine: process.arch };
  return debianLayer("foreign-python", contents, report, {
    further,
    finish: (root) => install(root, report),
  });
}

async function install(root: string, report: Report): Promise<void> {
  const log = { log: "images" };
  report("fetching Python's packages");
  const target = join(root, packagesDir);
  const wheels = ["--only-binary=:all:", `--python-version=${PYTHON}`, "--implementation=cp"];
  await run(
    "python3",
    [
      ...[
        "-m",
        "pip",
        "--disable-pip-version-check",
        "install",
        "--no-deps",
        "--require-hashes",
        "--no-compile",
      ],
      ...[...wheels, `--platform=manylinux2014_${machines[process.arch]}`],
      ...["--target", target, "--requirement", requirements],
    ],
    log,
  );
  await mkdir(join(root, "usr/local/bin"), { recursive: true });
  // Their first line names the Python of this machine.
  for (const name of await readdir(join(target, "bin"))) {
    const script = await readFile(join(target, "bin", name), "utf8");
    const inImage = script.replace(/^#!.*/, "#!/usr/bin/python3");
    await writeFile(join(root, "usr/local/bin", name), inImage, { mode: 0o755 });
  }
  report("compiling Python's packages");
  const compile = ["python3", "-m", "compileall", "-q", "--invalidation-mode=unchecked-hash"];
  await run("chroot", [root, ...compile, `/usr/lib/python${PYTHON}`, `/${packagesDir}`], log);
}
