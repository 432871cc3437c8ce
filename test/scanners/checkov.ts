import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { execa } from "execa";
import { store } from "../../embedded/cache";
import { CommandFailure, type Report, run } from "../../embedded/command";
import { toolsDir } from "../../embedded/paths";
import { UserError } from "../../model/user-error";

/** Pins checkov and every package below it, by its hash. */
const requirements = join(import.meta.dirname, "checkov.requirements.txt");

/** What the versions in {@link requirements} were chosen for. */
const PYTHON_NEEDED = [3, 11] as const;

/** How to start checkov: a program and its first arguments. */
export type Checkov = readonly [python: string, ...args: string[]];

/**
 * Makes checkov available, in a virtual environment of its own in the cache. Only the tests use it.
 * @throws {UserError} when Python is missing or too old, or the packages cannot be downloaded
 */
export async function ensureCheckov(report: Report): Promise<Checkov> {
  const text = readFileSync(requirements);
  const version = /^checkov==(\S+)/m.exec(text.toString())?.[1];
  const hash = createHash("sha256").update(text).update(process.arch).digest("hex").slice(0, 12);
  const folder = join(toolsDir, `checkov-${version}-${hash}`);
  if (!existsSync(folder)) {
    await requirePython();
    report(`installing checkov ${version}`);
    await store(folder, install);
  }
  // Not bin/checkov: that script names the folder in which it was installed.
  return [join(folder, "bin", "python"), "-m", "checkov.main"];
}

async function install(folder: string): Promise<void> {
  const pip = ["-m", "pip", "--disable-pip-version-check", "install", "--no-deps", "--require-hashes"];
  try {
    await run("python3", ["-m", "venv", folder], { log: "checkov" });
    await run(join(folder, "bin", "python"), [...pip, "--requirement", requirements], { log: "checkov" });
  } catch (error) {
    if (!(error instanceof CommandFailure)) throw error;
    throw new UserError(
      `checkov cannot be installed:\n${error.message}`,
      "install Python's venv module (Debian: python3-venv), check the network and pip's settings, then try again",
    );
  }
}

async function requirePython(): Promise<void> {
  const { stdout, failed } = await execa("python3", ["--version"], { reject: false });
  const [major = 0, minor = 0] = /(\d+)\.(\d+)/.exec(stdout)?.slice(1).map(Number) ?? [];
  if (!failed && major === PYTHON_NEEDED[0] && minor >= PYTHON_NEEDED[1]) return;
  throw new UserError(
    `checkov needs Python ${PYTHON_NEEDED.join(".")} or later; ` +
      (failed ? "there is no python3 on the PATH" : `this is ${stdout}`),
    "install it from https://www.python.org or your distribution, put it on the PATH, then try again",
  );
}
