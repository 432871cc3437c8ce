import type { Toolchain } from "../../toolchain";
import { clusterDomain } from "../addresses";
import { flags } from "../flags";
import { certificate } from "../identities";
import { kubeconfigOf } from "../kubeconfigs";
import { hostPort, meshPorts } from "../ports";
import type { Daemon } from "../supervisor";
import { MESH_NAMESPACE } from "./charts";

/** The mesh's control plane, beside the cluster as CoreDNS is: pods and the API server reach it through its Service. */
export function istiod(tools: Toolchain): Daemon {
  const kubeconfig = kubeconfigOf("istiod");
  return {
    name: "istiod",
    executable: tools.path("pilot-discovery"),
    args: [
      "discovery",
      ...flags({
        kubeconfig,
        namespace: MESH_NAMESPACE,
        domain: clusterDomain,
        secureGRPCAddr: hostPort(meshPorts.discovery),
        httpsAddr: hostPort(meshPorts.webhooks),
        monitoringAddr: hostPort(meshPorts.metrics),
        httpAddr: hostPort(meshPorts.health),
        // What is not encrypted is not for pods.
        grpcAddr: "",
        ctrlz_port: meshPorts.introspection.port,
        log_output_level: "default:warn",
      }),
    ],
    env: {
      POD_NAME: "istiod",
      POD_NAMESPACE: MESH_NAMESPACE,
      REVISION: "default",
      CLUSTER_ID: "Kubernetes",
      PILOT_CERT_PROVIDER: "istiod",
      ENABLE_NATIVE_SIDECARS: "true",
      // There is one, so nobody to agree with.
      ENABLE_LEADER_ELECTION: "false",
      // Filters that only Istio's own build of Envoy has.
      PILOT_ENABLE_ALPN_FILTER: "false",
      PILOT_ENABLE_METADATA_EXCHANGE: "false",
      GOMEMLIMIT: "256MiB",
    },
    files: [kubeconfig, certificate("istiod")],
    health: { url: `http://${hostPort(meshPorts.health)}/ready` },
  };
}
