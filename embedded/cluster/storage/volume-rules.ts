import { basename, join } from "node:path";
import type { V1StorageClass } from "@kubernetes/client-node";
import type { KubernetesObject } from "../control-plane/api";
import { nodeName, simulatedNodes, volumesDir } from "../layout";

/** Name of the provisioner, which the StorageClass and every volume of ours carry. */
export const provisioner = "microservice-platform.local/folder";

/** A PersistentVolumeClaim, as far as it matters here. */
export interface Claim {
  metadata: { name: string; namespace: string; uid: string; annotations?: Record<string, string> };
  spec: {
    storageClassName?: string;
    accessModes: string[];
    volumeMode?: string;
    volumeName?: string;
    resources: { requests: { storage: string } };
  };
}

/** A PersistentVolume, as far as it matters here. */
export interface Volume {
  metadata: { name: string; annotations?: Record<string, string> };
  spec: { local?: { path: string }; persistentVolumeReclaimPolicy: string };
  status?: { phase?: string };
}

/** A StorageClass, as far as it matters here. */
export type StorageClass = Pick<V1StorageClass, "reclaimPolicy">;

/** Whether the claim waits for a volume of ours: the volume controller says so, the scheduler where. */
export function needsVolume({ metadata, spec }: Claim): boolean {
  return (
    spec.volumeName === undefined &&
    metadata.annotations?.["volume.kubernetes.io/storage-provisioner"] === provisioner &&
    [nodeName, ...simulatedNodes].includes(nodeOf({ metadata }))
  );
}

/** Whether something will be kept in the volume: no process writes on a simulated node. */
export const needsFolder = (claim: Claim): boolean => nodeOf(claim) === nodeName;

/** The node that the scheduler has chosen; empty before. */
function nodeOf({ metadata: { annotations } }: Pick<Claim, "metadata">): string {
  return annotations?.["volume.kubernetes.io/selected-node"] ?? "";
}

/** The claim's folder. The names are for people, the id makes it unique. */
export function folderOf({ metadata: { namespace, name, uid } }: Claim): string {
  return join(volumesDir, `${namespace}-${name}-${uid}`);
}

/** The volume for a claim: `local` rather than `hostPath`, because only that honours a pod's fsGroup. */
export function volumeFor(claim: Claim, { reclaimPolicy = "Delete" }: StorageClass): KubernetesObject {
  const { metadata, spec } = claim;
  return {
    apiVersion: "v1",
    kind: "PersistentVolume",
    metadata: {
      name: `pvc-${metadata.uid}`,
      annotations: { "pv.kubernetes.io/provisioned-by": provisioner },
    },
    spec: {
      capacity: { storage: spec.resources.requests.storage },
      accessModes: spec.accessModes,
      volumeMode: "Filesystem",
      storageClassName: spec.storageClassName,
      persistentVolumeReclaimPolicy: reclaimPolicy,
      claimRef: {
        apiVersion: "v1",
        kind: "PersistentVolumeClaim",
        namespace: metadata.namespace,
        name: metadata.name,
        uid: metadata.uid,
      },
      local: { path: folderOf(claim) },
      nodeAffinity: {
        required: {
          nodeSelectorTerms: [
            {
              matchExpressions: [{ key: "kubernetes.io/hostname", operator: "In", values: [nodeOf(claim)] }],
            },
          ],
        },
      },
    },
  };
}

/** The folder of a volume of ours that no claim holds any more and whose class does not retain it. */
export function folderToDelete({ metadata, spec, status }: Volume): string | undefined {
  const isOurs = metadata.annotations?.["pv.kubernetes.io/provisioned-by"] === provisioner;
  const isReleased = status?.phase === "Released" && spec.persistentVolumeReclaimPolicy === "Delete";
  const path = spec.local?.path;
  if (!isOurs || !isReleased || path === undefined) return undefined;
  // Whoever may write volumes must not be able to have any other folder of the machine deleted.
  return join(volumesDir, basename(path)) === path ? path : undefined;
}

/** Says on the claim why it gets no volume. */
export function eventFor({ metadata }: Claim, message: string) {
  const { name, namespace, uid } = metadata;
  const now = new Date().toISOString();
  return {
    metadata: { generateName: `${name}.`, namespace },
    type: "Warning",
    reason: "ProvisioningFailed",
    message,
    firstTimestamp: now,
    lastTimestamp: now,
    source: { component: provisioner },
    involvedObject: { apiVersion: "v1", kind: "PersistentVolumeClaim", name, namespace, uid },
  };
}
