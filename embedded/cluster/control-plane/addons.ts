import { readFileSync } from "node:fs";
import type { Extras } from "../extras";
import { dnsServiceAddress } from "../network/addresses";
import { ports } from "../network/ports";
import { simulatedNodeObjects } from "../node/simulation";
import { until } from "../processes";
import { provisioner } from "../storage/volume-rules";
import {
  type Addon,
  bindingInCluster,
  clusterAccess,
  outsideService,
  rbac,
  rbacGroup,
  rbacObject,
} from "./addon";
import type { Api } from "./api";
import { certificate } from "./identities";

const RIGHTS_TIMEOUT = 10_000;

/** Makes the cluster's own objects what they should be. Ends when the daemons have their rights. */
export async function applyAddons(api: Api, extras: Extras): Promise<void> {
  // The API server makes it too, but some time after it says that it is ready.
  await api.apply(`/api/v1/namespaces/${system.namespace}`, {
    apiVersion: "v1",
    kind: "Namespace",
    metadata: { name: system.namespace },
  });
  await Promise.all(
    addons(extras).map(({ collection, object }) =>
      api.apply(`${collection}/${object.metadata.name}`, object),
    ),
  );
  if (!(await until(() => rightsAreInForce(api), RIGHTS_TIMEOUT))) {
    throw new Error(`${metricsUser} has no access to the cluster after ${RIGHTS_TIMEOUT / 1000} s`);
  }
}

/** The objects of a cluster: storage class, DNS, metrics. */
export function addons({ simulatedNodes }: Extras): Addon[] {
  return [
    storageClass,
    ...volumeAccess,
    ...policyAccess,
    ...dns,
    ...dnsAccess,
    ...metrics(),
    ...metricsAccess,
    ...(simulatedNodes ? simulation : []),
  ];
}

const system = { namespace: "kube-system" };

const storageClass: Addon = {
  collection: "/apis/storage.k8s.io/v1/storageclasses",
  object: {
    apiVersion: "storage.k8s.io/v1",
    kind: "StorageClass",
    metadata: { name: "local", annotations: { "storageclass.kubernetes.io/is-default-class": "true" } },
    provisioner,
    volumeBindingMode: "WaitForFirstConsumer",
    reclaimPolicy: "Delete",
  },
};

const volumeAccess = clusterAccess("system:volume-provisioner", [
  { apiGroups: [""], resources: ["persistentvolumes"], verbs: ["list", "watch", "create", "delete"] },
  { apiGroups: [""], resources: ["persistentvolumeclaims"], verbs: ["list", "watch"] },
  { apiGroups: [""], resources: ["events"], verbs: ["create"] },
  { apiGroups: ["storage.k8s.io"], resources: ["storageclasses"], verbs: ["get"] },
]);

const policyAccess = clusterAccess("system:network-policies", [
  { apiGroups: [""], resources: ["pods", "namespaces", "services"], verbs: ["list", "watch"] },
  { apiGroups: ["networking.k8s.io"], resources: ["networkpolicies"], verbs: ["list", "watch"] },
  { apiGroups: ["discovery.k8s.io"], resources: ["endpointslices"], verbs: ["list", "watch"] },
]);

const dns = outsideService(
  "kube-dns",
  { "k8s-app": "kube-dns", "kubernetes.io/cluster-service": "true", "kubernetes.io/name": "CoreDNS" },
  { clusterIP: dnsServiceAddress },
  [
    { name: "dns", protocol: "UDP", port: 53, listener: ports.dns },
    { name: "dns-tcp", protocol: "TCP", port: 53, listener: ports.dns },
  ],
);

const dnsAccess = clusterAccess("system:coredns", [
  { apiGroups: [""], resources: ["services", "pods", "namespaces"], verbs: ["list", "watch"] },
  { apiGroups: ["discovery.k8s.io"], resources: ["endpointslices"], verbs: ["list", "watch"] },
]);

function metrics(): Addon[] {
  return [
    ...outsideService("metrics-server", { "k8s-app": "metrics-server" }, {}, [
      { name: "https", protocol: "TCP", port: 443, listener: ports.metricsServer },
    ]),
    {
      collection: "/apis/apiregistration.k8s.io/v1/apiservices",
      object: {
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
    },
  ];
}

const metricsUser = "system:metrics-server";
const metricsAccess: Addon[] = [
  ...clusterAccess(metricsUser, [
    { apiGroups: [""], resources: ["nodes/metrics"], verbs: ["get"] },
    { apiGroups: [""], resources: ["pods", "nodes"], verbs: ["get", "list", "watch"] },
  ]),
  bindingInCluster("metrics-server:system:auth-delegator", metricsUser, "system:auth-delegator"),
  {
    collection: `${rbac}/namespaces/kube-system/rolebindings`,
    object: {
      ...rbacObject("RoleBinding", { ...system, name: "metrics-server-auth-reader" }),
      roleRef: { apiGroup: rbacGroup, kind: "Role", name: "extension-apiserver-authentication-reader" },
      subjects: [{ apiGroup: rbacGroup, kind: "User", name: metricsUser }],
    },
  },
  {
    collection: `${rbac}/clusterroles`,
    object: {
      ...rbacObject("ClusterRole", {
        name: "system:aggregated-metrics-reader",
        labels: Object.fromEntries(
          ["admin", "edit", "view"].map((role) => [`${rbacGroup}/aggregate-to-${role}`, "true"]),
        ),
      }),
      rules: [
        { apiGroups: ["metrics.k8s.io"], resources: ["pods", "nodes"], verbs: ["get", "list", "watch"] },
      ],
    },
  },
];

const simulation: Addon[] = [
  ...clusterAccess("system:kwok", [
    { apiGroups: [""], resources: ["nodes"], verbs: ["get", "list", "watch"] },
    { apiGroups: [""], resources: ["pods"], verbs: ["get", "list", "watch", "patch", "update", "delete"] },
    { apiGroups: [""], resources: ["nodes/status", "pods/status"], verbs: ["patch", "update"] },
    { apiGroups: [""], resources: ["events"], verbs: ["create", "patch", "update"] },
    {
      apiGroups: ["coordination.k8s.io"],
      resources: ["leases"],
      verbs: ["get", "list", "watch", "create", "update", "patch"],
    },
  ]),
  ...simulatedNodeObjects.map((object) => ({ collection: "/api/v1/nodes", object })),
];

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
