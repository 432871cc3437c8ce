import { join } from "node:path";
import type { Toolchain } from "../toolchain";
import { nodeAddress, podRange, serviceRange, simulatedRange } from "./addresses";
import { containerdFiles } from "./container-runtime";
import type { Extras } from "./extras";
import { certificate, privateKey, serviceAccountKey } from "./identities";
import { kubeconfigOf } from "./kubeconfigs";
import { kubernetesFiles } from "./kubernetes-config";
import { containerdSocket, etcdDir, kubeletDir, nodeName } from "./layout";
import { networkPoliciesDaemon } from "./network-policies/daemon";
import { type DoorName, frontDoors, hostPort, kwokHealth, type Listener, ports } from "./ports";
import { LEASE_SECONDS, nodesLabel, simulatedSelector, simulationFile } from "./simulation";
import type { Daemon } from "./supervisor";
import { volumesDaemon } from "./volumes-daemon";

/** The container runtime. It needs no other daemon, and images can be imported as soon as it is up. */
export const containerd: Daemon = {
  name: "containerd",
  executable: "containerd",
  args: flags({ config: containerdFiles.containerd }),
  files: Object.values(containerdFiles),
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

/** The cluster's memory. */
export const etcd: Daemon = {
  name: "etcd",
  executable: "etcd",
  args: flags({
    name: nodeName,
    "data-dir": etcdDir,
    "listen-client-urls": `https://${hostPort(ports.etcd)}`,
    "advertise-client-urls": `https://${hostPort(ports.etcd)}`,
    "listen-peer-urls": `http://${hostPort(ports.etcdPeer)}`,
    "listen-metrics-urls": `http://${hostPort(ports.etcdHealth)}`,
    "client-cert-auth": true,
    "trusted-ca-file": certificate("etcd-ca"),
    "cert-file": certificate("etcd-server"),
    "key-file": privateKey("etcd-server"),
    // Nobody else votes: the default makes a lone member wait a second for others.
    "heartbeat-interval": 20,
    "election-timeout": 200,
    "auto-compaction-mode": "periodic",
    "auto-compaction-retention": "10m",
    // Each entry is kept in memory: the default of 100,000 is for clusters with slow followers.
    "snapshot-count": 5000,
  }),
  files: [certificate("etcd-ca"), certificate("etcd-server")],
  health: { url: `http://${hostPort(ports.etcdHealth)}/health` },
};

/** The API server; needs {@link etcd}. */
export function apiServer(tools: Toolchain): Daemon {
  const read = [
    kubernetesFiles.encryption,
    certificate("cluster-ca"),
    certificate("kube-apiserver"),
    certificate("etcd-client"),
    certificate("apiserver-kubelet-client"),
    certificate("front-proxy-client"),
    serviceAccountKey.public,
  ];
  return {
    name: "kube-apiserver",
    executable: tools.path("kube-apiserver"),
    args: flags({
      "bind-address": ports.apiServer.address,
      "secure-port": ports.apiServer.port,
      "advertise-address": nodeAddress,
      "service-cluster-ip-range": serviceRange,
      "etcd-servers": `https://${hostPort(ports.etcd)}`,
      "etcd-cafile": certificate("etcd-ca"),
      "etcd-certfile": certificate("etcd-client"),
      "etcd-keyfile": privateKey("etcd-client"),
      "encryption-provider-config": kubernetesFiles.encryption,
      "client-ca-file": certificate("cluster-ca"),
      "tls-cert-file": certificate("kube-apiserver"),
      "tls-private-key-file": privateKey("kube-apiserver"),
      "authorization-mode": "Node,RBAC",
      "enable-admission-plugins": "NodeRestriction",
      // Debian's etcd is too old to tell how far a watch is: lists that are streamed, as kwok asks for them, fail.
      "feature-gates": "WatchList=false",
      "allow-privileged": true,
      "service-account-issuer": "https://kubernetes.default.svc",
      "service-account-key-file": serviceAccountKey.public,
      "service-account-signing-key-file": serviceAccountKey.private,
      // The node's name is in no DNS.
      "kubelet-preferred-address-types": "InternalIP",
      "kubelet-certificate-authority": certificate("cluster-ca"),
      "kubelet-client-certificate": certificate("apiserver-kubelet-client"),
      "kubelet-client-key": privateKey("apiserver-kubelet-client"),
      "requestheader-client-ca-file": certificate("front-proxy-ca"),
      "requestheader-allowed-names": "front-proxy-client",
      "requestheader-username-headers": "X-Remote-User",
      "requestheader-group-headers": "X-Remote-Group",
      "requestheader-extra-headers-prefix": "X-Remote-Extra-",
      "proxy-client-cert-file": certificate("front-proxy-client"),
      "proxy-client-key-file": privateKey("front-proxy-client"),
      profiling: false,
    }),
    files: read,
    // Half the default: less memory for a little more processor time.
    env: { GOGC: "50" },
    health: { url: `https://${hostPort(ports.apiServer)}/readyz` },
  };
}

function controllerManager(tools: Toolchain): Daemon {
  const kubeconfig = kubeconfigOf("controller-manager");
  return {
    name: "kube-controller-manager",
    executable: tools.path("kube-controller-manager"),
    args: flags({
      kubeconfig,
      "authentication-kubeconfig": kubeconfig,
      "authorization-kubeconfig": kubeconfig,
      "bind-address": ports.controllerManager.address,
      "cluster-cidr": podRange,
      "service-cluster-ip-range": serviceRange,
      "root-ca-file": certificate("cluster-ca"),
      "cluster-signing-cert-file": certificate("cluster-ca"),
      "cluster-signing-key-file": privateKey("cluster-ca"),
      "service-account-private-key-file": serviceAccountKey.private,
      "use-service-account-credentials": true,
      "flex-volume-plugin-dir": join(kubeletDir, "volume-plugins"),
      "leader-elect": false,
      // The default of 20 requests a second is what `pulumi up` of 400 objects waits for.
      "kube-api-qps": 300,
      "kube-api-burst": 600,
      profiling: false,
    }),
    files: [kubeconfig, certificate("cluster-ca"), certificate("controller-manager")],
    health: { url: `https://${hostPort(ports.controllerManager)}/healthz` },
  };
}

function scheduler(tools: Toolchain): Daemon {
  const kubeconfig = kubeconfigOf("scheduler");
  return {
    name: "kube-scheduler",
    executable: tools.path("kube-scheduler"),
    args: flags({
      kubeconfig,
      "authentication-kubeconfig": kubeconfig,
      "authorization-kubeconfig": kubeconfig,
      "bind-address": ports.scheduler.address,
      "leader-elect": false,
      "kube-api-qps": 300,
      "kube-api-burst": 600,
      profiling: false,
    }),
    files: [kubeconfig, certificate("scheduler")],
    health: { url: `https://${hostPort(ports.scheduler)}/healthz` },
  };
}

function kubelet(tools: Toolchain): Daemon {
  return {
    name: "kubelet",
    executable: tools.path("kubelet"),
    args: flags({
      config: kubernetesFiles.kubelet,
      kubeconfig: kubeconfigOf("kubelet"),
      "root-dir": kubeletDir,
      // cAdvisor, which is part of it, does not read the socket from the configuration; without it there are figures of
      // pods, and none of their containers.
      containerd: containerdSocket,
      "cert-dir": join(kubeletDir, "pki"),
      "hostname-override": nodeName,
      "node-ip": nodeAddress,
    }),
    files: [
      kubernetesFiles.kubelet,
      kubernetesFiles.resolvConf,
      certificate("kubelet"),
      certificate("kubelet-server"),
    ],
    health: { url: `http://${hostPort(ports.kubeletHealth)}/healthz` },
  };
}

function kubeProxy(tools: Toolchain): Daemon {
  return {
    name: "kube-proxy",
    executable: tools.path("kube-proxy"),
    args: flags({ config: kubernetesFiles.kubeProxy, "hostname-override": nodeName }),
    files: [kubernetesFiles.kubeProxy, certificate("kube-proxy")],
    health: { url: `http://${hostPort(ports.kubeProxyHealth)}/livez` },
  };
}

/** Beside the cluster rather than in it: needs no image. Pods reach it through the Service `kube-dns`. */
function coreDns(tools: Toolchain): Daemon {
  return {
    name: "coredns",
    executable: tools.path("coredns"),
    args: ["-conf", kubernetesFiles.corefile],
    files: [kubernetesFiles.corefile, certificate("coredns")],
    health: { url: `http://${hostPort(ports.dnsHealth)}/health` },
  };
}

/** Beside the cluster, as CoreDNS is. The API server reaches it through the Service `metrics-server`. */
function metricsServer(tools: Toolchain): Daemon {
  const kubeconfig = kubeconfigOf("metrics-client");
  return {
    name: "metrics-server",
    executable: tools.path("metrics-server"),
    args: flags({
      kubeconfig,
      "authentication-kubeconfig": kubeconfig,
      "authorization-kubeconfig": kubeconfig,
      "bind-address": ports.metricsServer.address,
      "secure-port": ports.metricsServer.port,
      "tls-cert-file": certificate("metrics-server"),
      "tls-private-key-file": privateKey("metrics-server"),
      "kubelet-certificate-authority": certificate("cluster-ca"),
      "kubelet-preferred-address-types": "InternalIP",
      "metric-resolution": "15s",
      // Nobody to ask there.
      "node-selector": `${nodesLabel.key}!=${nodesLabel.simulated}`,
    }),
    files: [kubeconfig, certificate("metrics-client"), certificate("metrics-server")],
    health: { url: `https://${hostPort(ports.metricsServer)}/livez` },
  };
}

/** Stands for the kubelets of the simulated nodes. */
function kwok(tools: Toolchain): Daemon {
  const kubeconfig = kubeconfigOf("kwok");
  return {
    name: "kwok",
    executable: tools.path("kwok"),
    args: flags({
      config: simulationFile,
      kubeconfig,
      "server-address": hostPort(kwokHealth),
      cidr: simulatedRange,
      "manage-all-nodes": false,
      "manage-nodes-with-annotation-selector": simulatedSelector,
      "node-lease-duration-seconds": LEASE_SECONDS,
    }),
    files: [simulationFile, kubeconfig, certificate("kwok")],
    health: { url: `http://${hostPort(kwokHealth)}/readyz` },
  };
}

/** kube-proxy's nftables mode serves no node port on loopback; this does. */
function forwarder(name: string, door: Listener & { nodePort: number }): Daemon {
  return {
    name,
    executable: "socat",
    args: [
      `TCP-LISTEN:${door.port},bind=${door.address},fork,reuseaddr`,
      `TCP:${nodeAddress}:${door.nodePort}`,
    ],
    health: { host: door.address, port: door.port },
  };
}

function flags(values: Record<string, string | number | boolean>): string[] {
  return Object.entries(values).map(([name, value]) => `--${name}=${value}`);
}
