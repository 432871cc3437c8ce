import { existsSync, readdirSync, readFileSync, readlinkSync, rmdirSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { run } from "../command";
import { clusterDir, runDir } from "../paths";
import {
  addressesDir,
  claimFile,
  clusterName,
  containerdSocket,
  containerdState,
  daemonsDir,
  podLogsDir,
  runcState,
  sysctlsFile,
} from "./layout";
import { signal, until } from "./processes";

/** Everything of the node in {@link runDir}, where others keep their files too, and beside it. */
const ours = [
  containerdState,
  containerdSocket,
  `${containerdSocket}.ttrpc`,
  runcState,
  addressesDir,
  daemonsDir,
  sysctlsFile,
  claimFile,
  // Of Istio's CNI plugin; the place cannot be chosen.
  "/run/istio-cni",
];

/** Unmounts whatever is mounted below our folders: containers, network namespaces, pods' secrets. */
export async function unmountAll(): Promise<void> {
  const ours = readFileSync("/proc/self/mountinfo", "utf8")
    .split("\n")
    .flatMap((line) => line.split(" ")[4] ?? [])
    // The kernel writes a space as \040.
    .map((path) => path.replace(/\\(\d{3})/g, (_, octal) => String.fromCharCode(Number.parseInt(octal, 8))))
    .filter((path) => [clusterDir, runDir].some((folder) => path.startsWith(`${folder}/`)))
    // What was mounted last may lie on what was mounted before.
    .reverse();
  if (ours.length > 0) await run("umount", ["--lazy", ...ours], { log: "cleanup" });
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

/** Removes what lies in {@link runDir}, and the few files whose places in the system cannot be chosen. */
export function removeFiles(): void {
  for (const socket of shimSockets()) rmSync(socket, { force: true });
  removeIfEmpty("/run/containerd/s", "/run/containerd");

  for (const link of entries("/var/log/containers")) {
    if (readlinkSync(link).startsWith(`${podLogsDir}/`)) rmSync(link);
  }
  removeIfEmpty("/var/log/containers");

  for (const result of entries("/var/lib/cni/results")) {
    if (result.includes(`/${clusterName}-`) || result.includes("/cni-loopback-")) rmSync(result);
  }
  removeIfEmpty("/var/lib/cni/results", "/var/lib/cni");

  for (const file of ["kubelet.sock", "kubelet_internal_checkpoint"]) {
    rmSync(join("/var/lib/kubelet/device-plugins", file), { force: true });
  }
  removeIfEmpty("/var/lib/kubelet/device-plugins", "/var/lib/kubelet");

  for (const path of ours) rmSync(path, { recursive: true, force: true });
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

function entries(folder: string): string[] {
  return existsSync(folder) ? readdirSync(folder).map((name) => join(folder, name)) : [];
}

/** Other programs may use the same folders. */
function removeIfEmpty(...folders: string[]): void {
  for (const folder of folders) {
    if (existsSync(folder) && readdirSync(folder).length === 0) rmdirSync(folder);
  }
}
