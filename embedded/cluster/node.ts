import { existsSync, mkdirSync, readFileSync } from "node:fs";
import type { Report } from "../command";
import { UserError } from "../errors";
import { clusterDir } from "../paths";
import type { Toolchain } from "../toolchain";
import { applyAddons } from "./addons";
import { Api } from "./api";
import { writeContainerdConfig } from "./container-runtime";
import { endContainers } from "./containers";
import { apiServer, containerd, daemonNames, etcd, nodeDaemons, stopOrder } from "./daemons";
import { writePrivately } from "./files";
import { writeKubeconfigs } from "./kubeconfigs";
import { writeKubernetesConfig } from "./kubernetes-config";
import { claimFile, etcdDir, nodeName, volumesDir } from "./layout";
import { removeCgroups, removeFiles, unmountAll } from "./leftovers";
import { ensureNetwork, kubeProxyTables, removeNetwork, removeTables } from "./network";
import { ensurePki } from "./pki";
import { preflight } from "./preflight";
import { bootId, until } from "./processes";
import { ensureDaemons, runningDaemon, stopDaemons, wasStarted } from "./supervisor";
import { buildVolumesDaemon } from "./volumes-daemon";

/** Milliseconds for a database to finish what it writes; `make down` may take 20 s in all. */
const CONTAINER_GRACE = 8000;
const READY_TIMEOUT = 60_000;

/** Brings up containerd alone. */
export async function startRuntime(report: Report): Promise<void> {
  claimMachine();
  writeContainerdConfig();
  await ensureDaemons([containerd], report);
}

/** Brings up what does not run, until the node is ready and has the cluster's own objects. */
export async function startNode(tools: Toolchain, report: Report): Promise<void> {
  await preflight();
  claimMachine();
  // etcd refuses a folder that others may read.
  mkdirSync(etcdDir, { recursive: true, mode: 0o700 });
  mkdirSync(volumesDir, { recursive: true, mode: 0o711 });
  await ensurePki();
  writeKubeconfigs();
  writeKubernetesConfig();
  await Promise.all([ensureNetwork(), buildVolumesDaemon()]);

  const api = new Api("admin");
  try {
    await Promise.all([startRuntime(report), startControlPlane()]);
    await ensureDaemons(nodeDaemons(tools), report);
    await nodeReady(api);
  } finally {
    api.close();
  }

  async function startControlPlane() {
    await ensureDaemons([etcd], report);
    await ensureDaemons([apiServer(tools)], report);
    // Before the daemons that have their rights from it.
    await applyAddons(api);
  }
}

/** Stops everything and takes it off the machine; images, database and volumes stay. */
export async function stopNode(report: Report): Promise<void> {
  report("stopping pods and daemons");
  await stopDaemons(stopOrder.beforeContainers);
  await Promise.all([endContainers(CONTAINER_GRACE), stopDaemons(stopOrder.withContainers)]);
  await stopDaemons(stopOrder.afterContainers);
  report("cleaning up");
  await unmountAll();
  // Their names cannot be chosen: without ours they are another cluster's.
  if (wasStarted("kubelet")) await removeCgroups();
  if (wasStarted("kube-proxy")) await removeTables(kubeProxyTables);
  await removeNetwork();
  removeFiles();
}

/** Whether the node works, as far as its processes tell. */
export function nodeRuns(): boolean {
  return nodeWasStarted() && daemonNames.every((name) => runningDaemon(name) !== undefined);
}

/** Whether there is something of it on the machine, be it alive or not. */
export function nodeWasStarted(): boolean {
  return currentClaim()?.clusterDir === clusterDir;
}

/**
 * Takes the machine for this cluster. What another start of the machine left in /run, which is not everywhere in
 * memory, describes processes that are gone.
 * @throws {UserError} when the cluster of another cache directory runs here
 */
function claimMachine(): void {
  const claim = currentClaim();
  if (claim && claim.bootId !== bootId()) removeFiles();
  else if (claim && claim.clusterDir !== clusterDir) {
    throw new UserError(
      `the embedded cluster of ${claim.clusterDir} runs on this machine`,
      "run make down with the XDG_CACHE_HOME it was started with, or use that",
    );
  }
  writePrivately(claimFile, JSON.stringify({ bootId: bootId(), clusterDir } satisfies Claim));
}

/** Whose the files in /run are. */
interface Claim {
  bootId: string;
  clusterDir: string;
}

function currentClaim(): Claim | undefined {
  return existsSync(claimFile) ? JSON.parse(readFileSync(claimFile, "utf8")) : undefined;
}

/** The node as the API server shows it. */
interface Node {
  status: { conditions?: { type: string; status: string; message: string; lastHeartbeatTime: string }[] };
}

/** Waits until this very kubelet says that the node is ready: what the one before said is still there. */
async function nodeReady(api: Api): Promise<void> {
  const started = runningDaemon("kubelet")?.startedAt ?? 0;
  let last = "kubelet has not registered it";
  const ready = await until(async () => {
    const { items } = await api.get<{ items: Node[] }>(
      `/api/v1/nodes?fieldSelector=metadata.name%3D${nodeName}`,
    );
    const condition = items[0]?.status.conditions?.find(({ type }) => type === "Ready");
    if (!condition) return false;
    last = condition.message;
    // Kubernetes tells whole seconds.
    const isNews = Date.parse(condition.lastHeartbeatTime) >= started - 1000;
    return isNews && condition.status === "True";
  }, READY_TIMEOUT);
  if (!ready) throw new Error(`the node is not ready after ${READY_TIMEOUT / 1000} s: ${last}`);
}
