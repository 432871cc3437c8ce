import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { PlatformContext } from "../kube/context";
import { labelsOf } from "../kube/labels";
import { CREDENTIALS } from "./scrape";

/** Seconds after which the kubelet has made the token anew. */
const TOKEN_LIFE = 3600;

/**
 * What Prometheus may ask the API server: which pods its own namespace has, which nodes there are, and for the metrics
 * of the API server and the nodes.
 */
export function createAccess(
  name: string,
  app: string,
  { namespace, platform }: Pick<PlatformContext, "namespace" | "platform">,
  opts: pulumi.CustomResourceOptions,
): pulumi.Resource[] {
  const labels = labelsOf(app, platform);
  // Objects of the whole cluster, where another platform has the same.
  const clusterName = pulumi.interpolate`${namespace}-${app}`;
  const subjects = [{ kind: "ServiceAccount", name: app, namespace }];
  const read = ["get", "list", "watch"];

  const role = new k8s.rbac.v1.Role(
    name,
    {
      metadata: { name: app, namespace, labels },
      rules: [{ apiGroups: [""], resources: ["pods"], verbs: read }],
    },
    opts,
  );
  const binding = new k8s.rbac.v1.RoleBinding(
    name,
    {
      metadata: { name: app, namespace, labels },
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: app },
      subjects,
    },
    opts,
  );
  const clusterRole = new k8s.rbac.v1.ClusterRole(
    name,
    {
      metadata: { name: clusterName, labels },
      rules: [
        { apiGroups: [""], resources: ["nodes"], verbs: read },
        { apiGroups: [""], resources: ["nodes/metrics"], verbs: ["get"] },
        { nonResourceURLs: ["/metrics"], verbs: ["get"] },
      ],
    },
    opts,
  );
  const clusterBinding = new k8s.rbac.v1.ClusterRoleBinding(
    name,
    {
      metadata: { name: clusterName, labels },
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: clusterName },
      subjects,
    },
    opts,
  );
  return [role, binding, clusterRole, clusterBinding];
}

/** The only token in the platform: mounted by name rather than by default, and short-lived. */
export const credentialsMount = {
  volume: {
    name: "credentials",
    projected: {
      sources: [
        { serviceAccountToken: { path: "token", expirationSeconds: TOKEN_LIFE } },
        { configMap: { name: "kube-root-ca.crt", items: [{ key: "ca.crt", path: "ca.crt" }] } },
      ],
    },
  },
  mountPath: CREDENTIALS,
};
