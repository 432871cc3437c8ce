import { type Addon, clusterAccess, outsideEndpoints } from "../addon";
import type { KubernetesObject } from "../api";
import { meshPorts } from "../ports";
import { MESH_NAMESPACE } from "./charts";

/** Who the control plane is to the API server. */
const ISTIOD = "system:istiod";

/** Who the CNI plugin is: it looks up what the pod that it is called for wants. */
const CNI = "system:istio-cni";

/** What a daemon beside the cluster does not need of the chart: what would run it inside. */
const INSIDE = ["Deployment", "HorizontalPodAutoscaler", "PodDisruptionBudget", "ServiceAccount"];

/** Where the API server has the kinds of the chart; without a namespace in it those of the whole cluster. */
const collections: Record<string, string> = {
  ConfigMap: `/api/v1/namespaces/${MESH_NAMESPACE}/configmaps`,
  Service: `/api/v1/namespaces/${MESH_NAMESPACE}/services`,
  Role: `/apis/rbac.authorization.k8s.io/v1/namespaces/${MESH_NAMESPACE}/roles`,
  RoleBinding: `/apis/rbac.authorization.k8s.io/v1/namespaces/${MESH_NAMESPACE}/rolebindings`,
  ClusterRole: "/apis/rbac.authorization.k8s.io/v1/clusterroles",
  ClusterRoleBinding: "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings",
  MutatingWebhookConfiguration: "/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations",
  ValidatingWebhookConfiguration: "/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations",
};

/**
 * The mesh's objects where its control plane is a daemon beside the cluster: those of the chart, with the rights
 * given to the daemon's own name, and with a Service that leads out of the cluster. Pure.
 * @throws when the chart has a kind that nobody has thought of here
 */
export function meshAddons(chart: readonly KubernetesObject[]): Addon[] {
  return [
    { collection: "/api/v1/namespaces", object: namespace },
    ...chart.filter(({ kind }) => !INSIDE.includes(kind)).map(outside),
    outsideEndpoints("istiod", MESH_NAMESPACE, [
      { name: "https-dns", protocol: "TCP", listener: meshPorts.discovery },
      { name: "https-webhook", protocol: "TCP", listener: meshPorts.webhooks },
      { name: "http-monitoring", protocol: "TCP", listener: meshPorts.metrics },
    ]),
    ...clusterAccess(CNI, [{ apiGroups: [""], resources: ["pods"], verbs: ["get"] }]),
  ];
}

const namespace: KubernetesObject = {
  apiVersion: "v1",
  kind: "Namespace",
  metadata: { name: MESH_NAMESPACE },
};

function outside(object: KubernetesObject): Addon {
  const collection = collections[object.kind];
  if (!collection) throw new Error(`Istio's chart has a ${object.kind}: add it to ${import.meta.filename}`);
  return { collection, object: changed(object) };
}

function changed(object: KubernetesObject): KubernetesObject {
  switch (object.kind) {
    case "ClusterRoleBinding":
    case "RoleBinding":
      return {
        ...object,
        subjects: [{ apiGroup: "rbac.authorization.k8s.io", kind: "User", name: ISTIOD }],
      };
    case "Service": {
      const { selector: _, ...spec } = object.spec as Record<string, unknown>;
      return { ...object, spec };
    }
    default:
      return object;
  }
}
