import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import type { PlatformContext } from "./context";
import { labelsOf } from "./labels";
import { waitsForNothing } from "./waits";

/** One volume. */
export interface ClaimArgs {
  /** Workload it belongs to. */
  app: string;
  /** Name of the claim. */
  claim: string;
  /** A Kubernetes quantity; it can grow. */
  storage: string;
}

/**
 * A volume that no workload owns: it can grow in place, which the template in a StatefulSet cannot, and where data is
 * protected it stays even when the program forgets it.
 */
export function createClaim(
  name: string,
  { app, claim, storage }: ClaimArgs,
  {
    namespace,
    platform,
    storageClass,
    protect,
  }: Pick<PlatformContext, "namespace" | "platform" | "storageClass" | "protect">,
  opts: pulumi.CustomResourceOptions,
): k8s.core.v1.PersistentVolumeClaim {
  return new k8s.core.v1.PersistentVolumeClaim(
    name,
    {
      metadata: { name: claim, namespace, labels: labelsOf(app, platform), annotations: waitsForNothing },
      spec: claimSpec(storage, storageClass),
    },
    {
      ...opts,
      protect,
      retainOnDelete: protect,
      // A volume stays in the class that it was made in: the provider would replace it by an empty one.
      ignoreChanges: ["spec.storageClassName"],
    },
  );
}

/** The spec of a volume that one node at a time mounts. */
export const claimSpec = (storage: string, storageClass: string | undefined) => ({
  accessModes: ["ReadWriteOnce"],
  storageClassName: storageClass,
  resources: { requests: { storage } },
});
