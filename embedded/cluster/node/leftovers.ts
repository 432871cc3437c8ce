import { existsSync, readdirSync, readFileSync, readlinkSync, rmdirSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { CommandFailure, run } from "../../command";
import { clusterDir, runDir } from "../../paths";
import {
  addressesDir,
  claimFile,
  containerdSocket,
  containerdState,
  daemonsDir,
  podLogsDir,
  runcState,
  sysctlsFile,
} from "../layout";
import { signal, until } from "../processes";
import { mountsBelow } from "../storage/mounts";
import { wasStarted } from "../supervisor";

/** Everything of the node in {@link runDir}, where others keep their files too, and beside it. */
const ours = [
  containerdState,
  containerdSocket,
  `${containerdSocket}.ttrpc`,
  runcState,
  addressesDir,
  daemonsDir,
  sysctlsFile,
  // Of Istio's CNI plugin; the place cannot be chosen.
  "/run/istio-cni",
];

/**
 * Unmounts whatever is mounted below our folders: containers, network namespaces, pods' secrets.
 * @returns what could not be unmounted
 */
export async function unmountAll(): Promise<string[]> {
  const mounted = () => [clusterDir, runDir].flatMap(mountsBelow);
  const mounts = mounted();
  if (mounts.length === 0) return [];
  await run("umount", ["--lazy", ...mounts], { log: "cleanup" }).catch((error) => {
    // It has gone on after one that failed, and what matters is what is left.
    if (!(error instanceof CommandFailure)) throw error;
  });
  return mounted();
}

/** Removes kubelet's control groups, in each hierarchy, with the processes that may still be in them. */
export async function removeCgroups(): Promise<void> {
  const mounted = "/sys/fs/cgroup";
  for (const root of ["", ...readdirSync(mounted)].map((hierarchy) => join(mounted, hierarchy, "kubepods"))) {
    // Some hierarchies have a second name, under which it may be gone by now.
    if (!existsSync(root)) continue;
    const groups = readdirSync(root, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => join(entry.parentPath, entry.name));
    // The inner ones first.
    for (const group of [root, ...groups].sort((a, b) => b.length - a.length)) await removeCgroup(group);
  }
}

async function removeCgroup(group: string): Promise<void> {
  const members = () => readFileSync(join(group, "cgroup.procs"), "utf8").split("\n").filter(Boolean);
  for (const pid of members()) signal(Number(pid), "SIGKILL");
  await until(() => members().length === 0, 2000);
  rmdirSync(group);
}

/**
 * Removes what lies in {@link runDir}, and the few files whose places in the system cannot be chosen. Where something is
 * mounted still, its folder stays, and the claim with it: the next `make down` tries again.
 */
export function removeFiles(): void {
  for (const socket of shimSockets()) rmSync(socket, { force: true });
  removeIfEmpty("/run/containerd/s", "/run/containerd");

  for (const link of entries("/var/log/containers")) {
    if (readlinkSync(link).startsWith(`${podLogsDir}/`)) rmSync(link);
  }
  removeIfEmpty("/var/log/containers");

  // Another runtime has the same name for its loopback network; a result names the pod's network namespace.
  for (const result of entries("/var/lib/cni/results")) {
    if (readFileSync(result, "utf8").includes(`"${containerdState}/`)) rmSync(result);
  }
  removeIfEmpty("/var/lib/cni/results", "/var/lib/cni");

  const devicePlugins = "/var/lib/kubelet/device-plugins";
  // Another kubelet has the same place; ours has ended by now.
  if (wasStarted("kubelet") && !isListening(join(devicePlugins, "kubelet.sock"))) {
    for (const file of ["kubelet.sock", "kubelet_internal_checkpoint"]) {
      rmSync(join(devicePlugins, file), { force: true });
    }
    removeIfEmpty(devicePlugins, "/var/lib/kubelet");
  }

  const removable = ours.filter((path) => mountsBelow(path).length === 0);
  for (const path of removable) rmSync(path, { recursive: true, force: true });
  if (removable.length === ours.length) rmSync(claimFile, { force: true });
  removeIfEmpty(runDir);
}

/** Each running container's shim wrote down where it listens. */
function shimSockets(): string[] {
  return entries(join(containerdState, "io.containerd.runtime.v2.task", "k8s.io"))
    .map((bundle) => join(bundle, "address"))
    .filter((file) => existsSync(file))
    .map((file) => readFileSync(file, "utf8").replace("unix://", ""))
    .filter((socket) => dirname(socket) === "/run/containerd/s");
}

function isListening(socket: string): boolean {
  return readFileSync("/proc/net/unix", "utf8").includes(` ${socket}\n`);
}

function entries(folder: string): string[] {
  return existsSync(folder) ? readdirSync(folder).map((name) => join(folder, name)) : [];
}

/** Other programs may use the same folders. */
function removeIfEmpty(...folders: string[]): void {
  for (const folder of folders) {
    if (existsSync(folder) && readdirSync(folder).length === 0) rmdirSync(folder);
  }
}
