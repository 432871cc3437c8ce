import { mkdirSync } from "node:fs";
import type { Report } from "../command";
import { ensureImages, fetchLayers } from "../images";
import { importOwn } from "../images/own";
import { onNode } from "../mesh-settings";
import { ensurePackages } from "../toolchain/debian";
import { istioCharts } from "../toolchain/istio-charts";
import { meshTools } from "../toolchain/mesh-tools";
import type { Toolchain } from "../toolchain/tool";
import { nodeTools, simulationTools } from "../toolchain/tools";
import { claim, isClaimed, isOutdated, requireOwnMachine } from "./claim";
import { applyAddons } from "./control-plane/addons";
import { Api } from "./control-plane/api";
import { apiServer, etcd } from "./control-plane/daemons";
import { writeKubeconfigs } from "./control-plane/kubeconfigs";
import { ensurePki } from "./control-plane/pki";
import { containerd, daemonNames, nodeDaemons, stopOrder } from "./daemons";
import type { Driver } from "./driver";
import { currentExtras, type Extras, keepExtras } from "./extras";
import { writePrivately } from "./files";
import { etcdDir, nodeName, simulatedNodes, volumesDir } from "./layout";
import { ensureNetwork, kubeProxyTables, removeNetwork, removeTables } from "./network/bridge";
import { keepIstioPlugin } from "./network/cni";
import { policiesTable } from "./network/policies/ruleset";
import { writeContainerdConfig } from "./node/container-runtime";
import { endContainers } from "./node/containers";
import { writeKubernetesConfig } from "./node/kubernetes-config";
import { removeCgroups, removeFiles, unmountAll } from "./node/leftovers";
import { bundleOwnDaemons } from "./node/own-daemons";
import { simulationConfig, simulationFile } from "./node/simulation";
import { preflight } from "./preflight";
import { until } from "./processes";
import { stillMounted } from "./storage/mounts";
import {
  ensureDaemons,
  removeDaemons,
  runningDaemon,
  startedDaemons,
  stopDaemons,
  wasStarted,
} from "./supervisor";

/** Milliseconds for a database to finish what it writes; `make down` may take 20 s in all. */
const CONTAINER_GRACE = 8000;
const READY_TIMEOUT = 60_000;

/** The driver that makes this machine itself the cluster's node. */
export const nodeDriver: Driver = {
  name: "node",
  simulatesNodes: true,
  preflight,
  installPackages: ensurePackages,
  tools: ({ simulatedNodes, mesh }) => [
    ...nodeTools,
    ...(mesh ? meshTools : []),
    ...(simulatedNodes ? simulationTools : []),
  ],
  fetchLayers,
  startRuntime,
  start,
  ensureImages,
  importImage: importOwn,
  istioReplacements: async (values, report) => onNode(values, await istioCharts(report)),
  isRunning,
  stop,
  // All that it keeps is in the cluster's folder.
  remove: async () => {},
};

async function startRuntime(report: Report): Promise<void> {
  claimMachine();
  writeContainerdConfig();
  await ensureDaemons([containerd], report);
}

async function start(tools: Toolchain, extras: Extras, report: Report): Promise<void> {
  claimMachine();
  keepExtras(extras);
  // etcd refuses a folder that others may read.
  mkdirSync(etcdDir, { recursive: true, mode: 0o700 });
  mkdirSync(volumesDir, { recursive: true, mode: 0o711 });
  await ensurePki();
  writeKubeconfigs();
  writeKubernetesConfig();
  if (extras.simulatedNodes) writePrivately(simulationFile, simulationConfig());
  await Promise.all([ensureNetwork(), bundleOwnDaemons()]);

  // Ways in to a stack that has other ports by now.
  const desired = daemonNames(extras);
  await removeDaemons(startedDaemons().filter((name) => /front-door/.test(name) && !desired.includes(name)));
  const api = new Api("admin");
  try {
    await Promise.all([startRuntime(report), startControlPlane()]);
    await ensureDaemons(nodeDaemons(tools, extras), report);
    await nodesReady(api, extras);
  } finally {
    api.close();
  }

  async function startControlPlane() {
    await ensureDaemons([etcd], report);
    await ensureDaemons([apiServer(tools)], report);
    // Before the daemons that have their rights from it.
    await applyAddons(api, extras);
  }
}

async function stop(report: Report): Promise<void> {
  requireOwnMachine();
  if (!isClaimed()) return;
  report("stopping pods and daemons");
  await stopDaemons(stopOrder.beforeContainers);
  const putIstioPluginBack = keepIstioPlugin();
  const withContainers = startedDaemons().filter((name) => !stopOrder.afterContainers.includes(name));
  await Promise.all([endContainers(CONTAINER_GRACE), stopDaemons(withContainers)]);
  putIstioPluginBack();
  await stopDaemons(stopOrder.afterContainers);
  report("cleaning up");
  const mounted = await unmountAll();
  // Their names cannot be chosen: without ours they are another cluster's.
  if (wasStarted("kubelet")) await removeCgroups();
  if (wasStarted("kube-proxy")) await removeTables(kubeProxyTables);
  await removeTables([policiesTable]);
  await removeNetwork();
  removeFiles();
  if (mounted.length > 0) throw stillMounted(mounted);
}

async function isRunning(): Promise<boolean> {
  requireOwnMachine();
  return isClaimed() && daemonNames(currentExtras()).every(runningDaemon);
}

/** What another start of the machine left in /run describes processes that are gone. */
function claimMachine(): void {
  requireOwnMachine();
  if (isOutdated()) removeFiles();
  claim();
}

/** A node as the API server shows it. */
interface Node {
  status: { conditions?: { type: string; status: string; message: string; lastHeartbeatTime: string }[] };
}

async function nodesReady(api: Api, { simulatedNodes: simulated }: Extras): Promise<void> {
  // What the kubelet before this one said is still there.
  const ready = [nodeReady(api, nodeName, runningDaemon("kubelet")?.startedAt ?? 0)];
  if (simulated) ready.push(...simulatedNodes.map((name) => nodeReady(api, name, 0)));
  await Promise.all(ready);
}

/**
 * Waits until a node says that it is ready.
 * @param since what was said earlier does not count; milliseconds since 1970
 */
async function nodeReady(api: Api, name: string, since: number): Promise<void> {
  let last = "it has not been registered";
  const ready = await until(async () => {
    const { items } = await api.get<{ items: Node[] }>(`/api/v1/nodes?fieldSelector=metadata.name%3D${name}`);
    const condition = items[0]?.status.conditions?.find(({ type }) => type === "Ready");
    if (!condition) return false;
    last = condition.message;
    // Kubernetes tells whole seconds.
    const isNews = Date.parse(condition.lastHeartbeatTime) >= since - 1000;
    return isNews && condition.status === "True";
  }, READY_TIMEOUT);
  if (!ready) throw new Error(`the node ${name} is not ready after ${READY_TIMEOUT / 1000} s: ${last}`);
}
