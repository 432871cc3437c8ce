import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse, stringify } from "yaml";
import { certificate, privateKey } from "../control-plane/identities";
import { kubeconfigOf } from "../control-plane/kubeconfigs";
import { encryptionKey } from "../control-plane/pki";
import { writePrivately } from "../files";
import { configDir, containerdSocket, kubeletDir, podLogsDir } from "../layout";
import { bridge, clusterDomain, dnsServiceAddress, nodeAddress, podRange } from "../network/addresses";
import { hostPort, ports } from "../network/ports";

/** Configuration files of the Kubernetes daemons. */
export const kubernetesFiles = {
  encryption: join(configDir, "encryption.yaml"),
  kubelet: join(configDir, "kubelet.yaml"),
  kubeProxy: join(configDir, "kube-proxy.yaml"),
  corefile: join(configDir, "Corefile"),
  /** Without a name server: pods that ask for the node's own DNS get none, as there is no way out. */
  resolvConf: join(configDir, "resolv.conf"),
};

/** Writes them. Needs the keys of {@link import("../control-plane/pki").ensurePki}. */
export function writeKubernetesConfig(): void {
  mkdirSync(podLogsDir, { recursive: true });
  writePrivately(kubernetesFiles.encryption, stringify(encryption()));
  writePrivately(kubernetesFiles.kubelet, stringify(kubelet()));
  writePrivately(kubernetesFiles.kubeProxy, stringify(kubeProxy()));
  writePrivately(kubernetesFiles.corefile, corefile());
  writePrivately(kubernetesFiles.resolvConf, "# no name server outside the cluster\n");
}

/** Secrets are never in plain text on disk. `identity` last: only read, never written. */
function encryption() {
  return {
    apiVersion: "apiserver.config.k8s.io/v1",
    kind: "EncryptionConfiguration",
    resources: [
      {
        resources: ["secrets"],
        providers: [{ secretbox: { keys: [{ name: "key1", secret: encryptionKey() }] } }, { identity: {} }],
      },
    ],
  };
}

function kubelet() {
  return {
    ...parse(readFileSync(join(import.meta.dirname, "kubelet.yaml"), "utf8")),
    address: ports.kubelet.address,
    port: ports.kubelet.port,
    healthzBindAddress: ports.kubeletHealth.address,
    healthzPort: ports.kubeletHealth.port,
    authentication: {
      anonymous: { enabled: false },
      webhook: { enabled: true },
      x509: { clientCAFile: certificate("cluster-ca") },
    },
    tlsCertFile: certificate("kubelet-server"),
    tlsPrivateKeyFile: privateKey("kubelet-server"),
    containerRuntimeEndpoint: `unix://${containerdSocket}`,
    podLogsDir,
    volumePluginDir: join(kubeletDir, "volume-plugins"),
    clusterDNS: [dnsServiceAddress],
    clusterDomain,
    resolvConf: kubernetesFiles.resolvConf,
  };
}

function kubeProxy() {
  return {
    apiVersion: "kubeproxy.config.k8s.io/v1alpha1",
    kind: "KubeProxyConfiguration",
    mode: "nftables",
    clientConnection: { kubeconfig: kubeconfigOf("kube-proxy") },
    clusterCIDR: podRange,
    detectLocalMode: "BridgeInterface",
    detectLocal: { bridgeInterface: bridge },
    nodePortAddresses: [`${nodeAddress}/32`],
    healthzBindAddress: hostPort(ports.kubeProxyHealth),
    metricsBindAddress: hostPort(ports.kubeProxyMetrics),
    oomScoreAdj: 0,
    // 0 leaves the machine's own limits as they are.
    conntrack: { maxPerCore: 0, min: 0, tcpEstablishedTimeout: "0s", tcpCloseWaitTimeout: "0s" },
  };
}

/**
 * The cluster's zone and, with the same plugin, the root: there is no way out, so whatever is not of the
 * cluster does not exist. Without the root the answer would be REFUSED, on which some resolvers wait and retry.
 */
function corefile(): string {
  return `.:${ports.dns.port} {
  bind ${ports.dns.address}
  errors
  health ${hostPort(ports.dnsHealth)}
  ready ${hostPort(ports.dnsReady)}
  kubernetes ${clusterDomain} in-addr.arpa ip6.arpa . {
    kubeconfig ${kubeconfigOf("coredns")}
    pods insecure
    ttl 5
  }
  loadbalance
}
`;
}
