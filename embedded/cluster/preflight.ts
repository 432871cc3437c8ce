import { existsSync, readFileSync, rmSync, statfsSync } from "node:fs";
import { platform } from "node:os";
import { dirname, join } from "node:path";
import { UserError } from "../../model/user-error";
import { cacheDir, imagesDir, logsDir, toolsDir } from "../paths";
import { requireOwnMachine } from "./claim";
import type { Extras } from "./extras";
import { conflicts } from "./network/conflicts";
import type { Problem } from "./problem";

const GIB = 2 ** 30;
/** Go's caches (14 GB after a cold build), the tools, the images and their unpacked copies. */
const DISK_COLD = 18 * GIB;
/** What pods write. */
const DISK_WARM = 2 * GIB;

/**
 * Looks for everything that would keep this machine from becoming a node, what is ours already left aside.
 * @throws {UserError} that names all of it at once
 */
export async function preflight(extras: Extras): Promise<void> {
  requireOwnMachine();
  // What was seen last time is of no interest.
  rmSync(join(logsDir, "preflight.log"), { force: true });
  const unfit = wrongMachine();
  // The rest can be seen by root on Linux only.
  const problems =
    unfit.length > 0 ? unfit : [...littleSpace(), ...missingKernelFeatures(), ...(await conflicts(extras))];
  const [first, ...more] = problems;
  if (!first) return;
  if (more.length === 0) throw new UserError(first.problem, first.remedy);
  throw new UserError(
    `${problems.length} things keep this machine from becoming a node, nothing was started:`,
    problems.map(({ problem, remedy }) => `${problem}; ${remedy}`).join("\n  "),
  );
}

function wrongMachine(): Problem[] {
  const elsewhere = "start Docker on a machine with internet access, and the cluster will be kind's";
  if (platform() !== "linux") {
    return [{ problem: `the embedded cluster runs on Linux, this is ${platform()}`, remedy: elsewhere }];
  }
  if (process.getuid?.() === 0) return [];
  return [{ problem: "the embedded cluster needs root", remedy: `run it as root, or ${elsewhere}` }];
}

function littleSpace(): Problem[] {
  let folder = cacheDir;
  while (!existsSync(folder)) folder = dirname(folder);
  const { bavail, bsize } = statfsSync(folder);
  const needed = existsSync(toolsDir) && existsSync(imagesDir) ? DISK_WARM : DISK_COLD;
  const free = bavail * bsize;
  if (free >= needed) return [];
  const gib = (bytes: number) => `${(bytes / GIB).toFixed(1)} GiB`;
  return [
    {
      problem: `${folder} has ${gib(free)} free, ${gib(needed)} are needed`,
      remedy: "make room, or set XDG_CACHE_HOME to a folder on a larger disk",
    },
  ];
}

/** What is neither in the running kernel nor in a module of it. */
function missingKernelFeatures(): Problem[] {
  const release = readFileSync("/proc/sys/kernel/osrelease", "utf8").trim();
  const modules = `/lib/modules/${release}/modules.dep`;
  const loadable = existsSync(modules) ? readFileSync(modules, "utf8") : "";
  const built = {
    overlay: /\boverlay$/m.test(readFileSync("/proc/filesystems", "utf8")),
    br_netfilter: existsSync("/proc/sys/net/bridge"),
  };
  return Object.entries(built)
    .filter(([name, present]) => !present && !loadable.includes(`/${name}.ko`))
    .map(([name]) => ({
      problem: `this machine's kernel has no ${name}`,
      remedy: "boot one that has it, or start Docker for a kind cluster",
    }));
}
