import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { workloads } from "../../model/workloads";
import type { PlatformContext } from "../kube/context";
import { labelsOf } from "../kube/labels";

/**
 * Lets Prometheus find the controller's pods: what their sidecars count is all that is known of requests from outside, and
 * what a release is judged by.
 * @param controller the controller's namespace; platforms may share it
 */
export function createControllerAccess(
  name: string,
  controller: string,
  { namespace, platform }: Pick<PlatformContext, "namespace" | "platform">,
  opts: pulumi.CustomResourceOptions,
): void {
  const { app } = workloads.prometheus;
  const metadata = {
    name: `${platform}-${app}-front-door`,
    namespace: controller,
    labels: labelsOf(app, platform),
  };
  new k8s.rbac.v1.Role(
    name,
    { metadata, rules: [{ apiGroups: [""], resources: ["pods"], verbs: ["get", "list", "watch"] }] },
    opts,
  );
  new k8s.rbac.v1.RoleBinding(
    name,
    {
      metadata,
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: metadata.name },
      subjects: [{ kind: "ServiceAccount", name: app, namespace }],
    },
    opts,
  );
}
