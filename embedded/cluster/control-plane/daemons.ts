import { join } from "node:path";
import type { Toolchain } from "../../toolchain";
import { flags } from "../flags";
import { etcdDir, kubeletDir, nodeName } from "../layout";
import { nodeAddress, podRange, serviceRange } from "../network/addresses";
import { hostPort, ports } from "../network/ports";
import { kubernetesFiles } from "../node/kubernetes-config";
import type { Daemon } from "../supervisor";
import { certificate, privateKey, serviceAccountKey } from "./identities";
import { kubeconfigOf } from "./kubeconfigs";

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
    // No other member votes: the default makes a lone member wait a second for others.
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

/** Makes what workloads are declared to be. */
export function controllerManager(tools: Toolchain): Daemon {
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

/** Finds a node for each pod. */
export function scheduler(tools: Toolchain): Daemon {
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
