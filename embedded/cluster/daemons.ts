import type { Toolchain } from "../toolchain";
import { apiServer, controllerManager, etcd, scheduler } from "./control-plane/daemons";
import { allForwards, type Extras } from "./extras";
import { flags } from "./flags";
import { containerdSocket } from "./layout";
import { containerdConfig } from "./node/container-runtime";
import { coreDns, forwarder, kubelet, kubeProxy, kwok, metricsServer } from "./node/daemons";
import { networkPoliciesDaemon, volumesDaemon } from "./node/own-daemons";
import type { Daemon } from "./supervisor";

/** The container runtime. It needs no other daemon, and images can be imported as soon as it is up. */
export const containerd: Daemon = {
  name: "containerd",
  executable: "containerd",
  args: flags({ config: containerdConfig }),
  files: [containerdConfig],
  health: { path: containerdSocket },
};

/** What talks to the API server. */
export function nodeDaemons(tools: Toolchain, extras: Extras): Daemon[] {
  return [
    controllerManager(tools),
    scheduler(tools),
    kubelet(tools),
    kubeProxy(tools),
    coreDns(tools),
    metricsServer(tools),
    volumesDaemon,
    networkPoliciesDaemon,
    ...(extras.simulatedNodes ? [kwok(tools)] : []),
    ...allForwards(extras).map(([port, nodePort]) => forwarder(port, nodePort)),
  ];
}

/**
 * In which order they are stopped, those of a group at once. All others end together with the containers: what these need
 * for an orderly end, their names and their network, stays until then.
 */
export const stopOrder = {
  beforeContainers: ["kubelet"],
  afterContainers: [containerd.name, "coredns", etcd.name],
};

/** Names of all daemons that a cluster should have, be their tools there or not. */
export function daemonNames(extras: Extras): string[] {
  const tools: Toolchain = { path: (name) => name, binDir: "" };
  return [etcd, apiServer(tools), containerd, ...nodeDaemons(tools, extras)].map(({ name }) => name);
}
