import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseAllDocuments } from "yaml";
import type { Extras } from "../extras";
import { dnsServiceAddress } from "../network/addresses";
import { ports } from "../network/ports";
import { simulatedNodeObjects, simulationRbac } from "../node/simulation";
import { until } from "../processes";
import { provisioner } from "../storage/volume-rules";
import type { Api, KubernetesObject } from "./api";
import { certificate } from "./identities";
import { outsideService } from "./outside-service";

const RIGHTS_TIMEOUT = 10_000;

const system = { namespace: "kube-system" };
const metricsUser = "system:metrics-server";

/** Makes the cluster's own objects what they should be. Ends when the daemons have their rights. */
export async function applyAddons(api: Api, extras: Extras): Promise<void> {
  // The API server makes it too, but some time after it says that it is ready.
  await api.apply({ apiVersion: "v1", kind: "Namespace", metadata: { name: system.namespace } });
  await Promise.all(addons(extras).map((object) => api.apply(object)));
  if (!(await until(() => rightsAreInForce(api), RIGHTS_TIMEOUT))) {
    throw new Error(`${metricsUser} has no access to the cluster after ${RIGHTS_TIMEOUT / 1000} s`);
  }
}

/** The objects of a cluster: storage class, DNS, metrics, and what the daemons may do. */
export function addons({ simulatedNodes }: Extras): KubernetesObject[] {
  return [
    storageClass,
    ...dns,
    ...metrics(),
    ...manifests(join(import.meta.dirname, "rbac.yaml")),
    ...(simulatedNodes ? [...manifests(simulationRbac), ...simulatedNodeObjects] : []),
  ];
}

const manifests = (file: string): KubernetesObject[] =>
  parseAllDocuments(readFileSync(file, "utf8")).map((document) => document.toJS());

const storageClass: KubernetesObject = {
  apiVersion: "storage.k8s.io/v1",
  kind: "StorageClass",
  metadata: { name: "local", annotations: { "storageclass.kubernetes.io/is-default-class": "true" } },
  provisioner,
  volumeBindingMode: "WaitForFirstConsumer",
  reclaimPolicy: "Delete",
};

const dns = outsideService(
  "kube-dns",
  { "k8s-app": "kube-dns", "kubernetes.io/cluster-service": "true", "kubernetes.io/name": "CoreDNS" },
  { clusterIP: dnsServiceAddress },
  [
    { name: "dns", protocol: "UDP", port: 53, listener: ports.dns },
    { name: "dns-tcp", protocol: "TCP", port: 53, listener: ports.dns },
  ],
);

function metrics(): KubernetesObject[] {
  return [
    ...outsideService("metrics-server", { "k8s-app": "metrics-server" }, {}, [
      { name: "https", protocol: "TCP", port: 443, listener: ports.metricsServer },
    ]),
    {
      apiVersion: "apiregistration.k8s.io/v1",
      kind: "APIService",
      metadata: { name: "v1beta1.metrics.k8s.io" },
      spec: {
        group: "metrics.k8s.io",
        version: "v1beta1",
        groupPriorityMinimum: 100,
        versionPriority: 100,
        service: { ...system, name: "metrics-server", port: 443 },
        caBundle: readFileSync(certificate("cluster-ca")).toString("base64"),
      },
    },
  ];
}

/** The API server learns of new rights a moment later; metrics-server ends when it has none at its start. */
async function rightsAreInForce(api: Api): Promise<boolean> {
  const review = await api.post<{ status: { allowed: boolean } }>(
    "/apis/authorization.k8s.io/v1/subjectaccessreviews",
    {
      apiVersion: "authorization.k8s.io/v1",
      kind: "SubjectAccessReview",
      spec: {
        user: metricsUser,
        resourceAttributes: {
          ...system,
          resource: "configmaps",
          verb: "get",
          name: "extension-apiserver-authentication",
        },
      },
    },
  );
  return review.status.allowed;
}
