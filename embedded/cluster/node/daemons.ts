import { join } from "node:path";
import type { Toolchain } from "../../toolchain";
import { certificate, privateKey } from "../control-plane/identities";
import { kubeconfigOf } from "../control-plane/kubeconfigs";
import { flags } from "../flags";
import { containerdSocket, kubeletDir, nodeName } from "../layout";
import { nodeAddress, simulatedRange } from "../network/addresses";
import { forwardAt, hostPort, kwokHealth, ports } from "../network/ports";
import type { Daemon } from "../supervisor";
import { kubernetesFiles } from "./kubernetes-config";
import { LEASE_SECONDS, nodesLabel, simulatedSelector, simulationFile } from "./simulation";

/** Runs the pods. */
export function kubelet(tools: Toolchain): Daemon {
  return {
    name: "kubelet",
    executable: tools.path("kubelet"),
    args: flags({
      config: kubernetesFiles.kubelet,
      kubeconfig: kubeconfigOf("kubelet"),
      "root-dir": kubeletDir,
      // cAdvisor, which is part of it, does not read the socket from the configuration; without it there are metrics of
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

/** Leads the addresses of Services to their pods. */
export function kubeProxy(tools: Toolchain): Daemon {
  return {
    name: "kube-proxy",
    executable: tools.path("kube-proxy"),
    args: flags({ config: kubernetesFiles.kubeProxy, "hostname-override": nodeName }),
    files: [kubernetesFiles.kubeProxy, certificate("kube-proxy")],
    health: { url: `http://${hostPort(ports.kubeProxyHealth)}/livez` },
  };
}

/** Beside the cluster rather than in it: needs no image. Pods reach it through the Service `kube-dns`. */
export function coreDns(tools: Toolchain): Daemon {
  return {
    name: "coredns",
    executable: tools.path("coredns"),
    args: ["-conf", kubernetesFiles.corefile],
    files: [kubernetesFiles.corefile, certificate("coredns")],
    health: { url: `http://${hostPort(ports.dnsHealth)}/health` },
  };
}

/** Beside the cluster, as CoreDNS is. The API server reaches it through the Service `metrics-server`. */
export function metricsServer(tools: Toolchain): Daemon {
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
      // A simulated node has no kubelet to ask.
      "node-selector": `${nodesLabel.key}!=${nodesLabel.simulated}`,
    }),
    files: [kubeconfig, certificate("metrics-client"), certificate("metrics-server")],
    health: { url: `https://${hostPort(ports.metricsServer)}/livez` },
  };
}

/** Stands for the kubelets of the simulated nodes. */
export function kwok(tools: Toolchain): Daemon {
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
export function forwarder(port: string, nodePort: number): Daemon {
  const { address } = forwardAt(port);
  return {
    name: `front-door-${port}`,
    executable: "socat",
    args: [`TCP-LISTEN:${port},bind=${address},fork,reuseaddr`, `TCP:${nodeAddress}:${nodePort}`],
    health: { host: address, port: Number(port) },
  };
}
