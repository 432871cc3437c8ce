import { root, succeedIn } from "./stack";
import { resources, TemporaryStack } from "./temporary-stack";

/** Its volumes can grow; beyond that it is the cluster's own. */
const STORAGE_CLASS = "small-growing";

const settings = {
  frontDoor: { type: "ClusterIP", replicas: 1 },
  // Those that the cluster has anyway.
  images: { registry: "docker.io/malai" },
  defaults: { replicas: { min: 1, max: 3 }, resources: resources("128Mi") },
  mesh: { enabled: false },
  storageClass: STORAGE_CLASS,
  postgres: { storage: "256Mi", resources: resources("96Mi") },
  alertmanager: { storage: "64Mi", webhook: false },
  prometheus: { storage: "128Mi", retention: "1d", resources: resources("96Mi") },
};

/** With a storage class of its own. */
class SmallStack extends TemporaryStack {
  override async open(): Promise<void> {
    await super.open();
    await makeStorageClass();
  }
}

async function makeStorageClass(): Promise<void> {
  const own = JSON.parse(await succeedIn(root, "kubectl", "get", "storageclass", "local", "-o", "json"));
  const { apiVersion, kind, provisioner, volumeBindingMode, reclaimPolicy } = own;
  const manifest = { apiVersion, kind, provisioner, volumeBindingMode, reclaimPolicy };
  await small.apply({
    ...manifest,
    metadata: { name: STORAGE_CLASS, labels: { "app.kubernetes.io/part-of": "small" } },
    allowVolumeExpansion: true,
  });
}

export const small = new SmallStack("small", settings, { JWT_SECRET: "1000m" });
