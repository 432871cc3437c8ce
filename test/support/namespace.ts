import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";

/** The absolute address of a module of this repository, for an import in a script. */
export const moduleUrl = (path: string) => JSON.stringify(new URL(`../../${path}`, import.meta.url).href);

/**
 * Runs a script as root of a mount and a network namespace of its own, with an empty /run and /var/lib and a cache of its
 * own: nothing that it mounts, writes or filters reaches this machine.
 * @param script text of an ES module; what it prints is returned
 * @param setup shell commands to run before
 */
export async function inNamespace(script: string, setup = ""): Promise<string> {
  const cache = mkdtempSync(join(tmpdir(), "namespace-"));
  const isolated = [
    "set -e",
    // The copies of what a running cluster has mounted there.
    "awk '$5 ~ \"^/run/\" { print $5 }' /proc/self/mountinfo | tac | xargs --no-run-if-empty umount --lazy",
    "mount -t tmpfs tmpfs /run",
    "mount -t tmpfs tmpfs /var/lib",
    "mount -t sysfs sysfs /sys",
    setup,
    'exec "$0" --import=tsx --input-type=module --eval "$1"',
  ].join("\n");
  try {
    const { stdout } = await execa(
      "unshare",
      ["--mount", "--net", "sh", "-c", isolated, process.execPath, script],
      { env: { XDG_CACHE_HOME: cache }, input: "" },
    );
    return stdout;
  } finally {
    rmSync(cache, { recursive: true });
  }
}
