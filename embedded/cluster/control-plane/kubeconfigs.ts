import { readFileSync } from "node:fs";
import { join } from "node:path";
import { stringify } from "yaml";
import { kubeconfig } from "../../paths";
import { writePrivately } from "../files";
import { clusterName, configDir } from "../layout";
import { apiUrl } from "../network/ports";
import { certificate, type IdentityName, privateKey } from "./identities";

/** Daemons that talk to the API server, each under a name of its own. */
const clients = [
  "controller-manager",
  "scheduler",
  "kubelet",
  "kube-proxy",
  "coredns",
  "metrics-client",
  "kwok",
] as const satisfies IdentityName[];

/** Path of the kubeconfig of a daemon. */
export const kubeconfigOf = (client: (typeof clients)[number]) => join(configDir, `${client}.kubeconfig`);

/** Writes every daemon's kubeconfig, and the admin's, which works without the files beside it. */
export function writeKubeconfigs(): void {
  for (const client of clients) {
    writePrivately(
      kubeconfigOf(client),
      kubeconfigFor(
        { "certificate-authority": certificate("cluster-ca") },
        { "client-certificate": certificate(client), "client-key": privateKey(client) },
      ),
    );
  }
  const base64 = (path: string) => readFileSync(path).toString("base64");
  writePrivately(
    kubeconfig,
    kubeconfigFor(
      { "certificate-authority-data": base64(certificate("cluster-ca")) },
      {
        "client-certificate-data": base64(certificate("admin")),
        "client-key-data": base64(privateKey("admin")),
      },
    ),
  );
}

function kubeconfigFor(ca: Record<string, string>, user: Record<string, string>): string {
  return stringify({
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name: clusterName, cluster: { server: apiUrl, ...ca } }],
    users: [{ name: "user", user }],
    contexts: [{ name: clusterName, context: { cluster: clusterName, user: "user" } }],
    "current-context": clusterName,
  });
}
