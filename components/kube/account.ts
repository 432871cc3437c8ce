import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import type { PlatformContext } from "./context";
import { labelsOf } from "./labels";

/** The identity of a workload: what the mesh knows it by. Its pods hold no token of it. */
export function createAccount(
  name: string,
  app: string,
  { namespace, platform }: Pick<PlatformContext, "namespace" | "platform">,
  opts: pulumi.CustomResourceOptions,
  annotations: Readonly<Record<string, string>> = {},
): k8s.core.v1.ServiceAccount {
  return new k8s.core.v1.ServiceAccount(
    name,
    {
      metadata: {
        name: app,
        namespace,
        labels: labelsOf(app, platform),
        ...(Object.keys(annotations).length > 0 && { annotations: { ...annotations } }),
      },
      automountServiceAccountToken: false,
    },
    opts,
  );
}
