import type { Toolchain } from "../toolchain";
import { containerdConfig } from "./container-runtime";
import { controllerManager, scheduler } from "./control-plane";
import type { Extras } from "./extras";
import { flags } from "./flags";
import { containerdSocket } from "./layout";
import { networkPoliciesDaemon } from "./network-policies/daemon";
import { coreDns, forwarder, kubelet, kubeProxy, kwok, metricsServer } from "./node-daemons";
import { type DoorName, frontDoors } from "./ports";
import type { Daemon } from "./supervisor";
import { volumesDaemon } from "./volumes-daemon";

/** The container runtime. It needs no other daemon, and images can be imported as soon as it is up. */
export const containerd: Daemon = {
  name: "containerd",
  executable: "containerd",
  args: flags({ config: containerdConfig }),
  files: [containerdConfig],
  health: { path: containerdSocket },
};

/** What talks to the API server. */
export function nodeDaemons(tools: Toolchain, { simulatedNodes, doors }: Extras): Daemon[] {
  return [
    controllerManager(tools),
    scheduler(tools),
    kubelet(tools),
    kubeProxy(tools),
    coreDns(tools),
    metricsServer(tools),
    volumesDaemon,
    networkPoliciesDaemon,
    ...(simulatedNodes ? [kwok(tools)] : []),
    ...doors.flatMap((door) => [
      forwarder(forwarderNames[door].http, frontDoors[door].http),
      forwarder(forwarderNames[door].https, frontDoors[door].https),
    ]),
  ];
}

const forwarderNames = {
  first: { http: "front-door-http", https: "front-door-https" },
  second: { http: "second-front-door-http", https: "second-front-door-https" },
} satisfies Record<DoorName, unknown>;

/** Daemons that only some clusters have; see {@link Extras}. */
const extraDaemons = ["kwok", ...Object.values(forwarderNames.second)];

/**
 * In which order they are stopped, those of a group at once. Containers end together with the second group: what
 * they need for an orderly end, their names and their network, stays until then.
 */
export const stopOrder = {
  beforeContainers: ["kubelet"],
  withContainers: [
    "kube-apiserver",
    "kube-controller-manager",
    "kube-scheduler",
    "kube-proxy",
    "metrics-server",
    volumesDaemon.name,
    networkPoliciesDaemon.name,
    ...Object.values(forwarderNames.first),
    ...extraDaemons,
  ],
  afterContainers: [containerd.name, "coredns", "etcd"],
};

/** Every daemon's name. */
export const daemonNames = Object.values(stopOrder).flat();

/** Whether a cluster may be complete without the daemon of that name. */
export const isExtra = (name: string): boolean => extraDaemons.includes(name);
