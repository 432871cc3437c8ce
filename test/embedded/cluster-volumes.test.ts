import { expect } from "chai";
import { volumesDir } from "../../embedded/cluster/layout";
import {
  type Claim,
  folderOf,
  folderToDelete,
  needsFolder,
  needsVolume,
  provisioner,
  type Volume,
  volumeFor,
} from "../../embedded/cluster/storage/volume-rules";

const claim: Claim = {
  metadata: {
    name: "data-postgres-0",
    namespace: "malai",
    uid: "11111111-2222",
    annotations: {
      "volume.kubernetes.io/storage-provisioner": provisioner,
      "volume.kubernetes.io/selected-node": "platform",
    },
  },
  spec: {
    storageClassName: "local",
    accessModes: ["ReadWriteOnce"],
    resources: { requests: { storage: "2Gi" } },
  },
};

const released: Volume = {
  metadata: { name: "pvc-1", annotations: { "pv.kubernetes.io/provisioned-by": provisioner } },
  spec: { local: { path: `${volumesDir}/malai-data-1` }, persistentVolumeReclaimPolicy: "Delete" },
  status: { phase: "Released" },
};

describe("Volume provisioner", () => {
  it("serves a claim of its own class that the scheduler has placed", () => {
    expect(needsVolume(claim)).to.equal(true);
  });

  it("serves a claim placed on a simulated node with a volume there, and makes no folder for it", () => {
    const annotations = {
      ...claim.metadata.annotations,
      "volume.kubernetes.io/selected-node": "simulated-b",
    };
    const simulated = { ...claim, metadata: { ...claim.metadata, annotations } };
    expect(needsVolume(simulated)).to.equal(true);
    expect(needsFolder(simulated)).to.equal(false);
    expect(needsFolder(claim)).to.equal(true);
    expect(nodeOf(volumeFor(simulated, {}))).to.equal("simulated-b");
    expect(nodeOf(volumeFor(claim, {}))).to.equal("platform");
  });

  it("leaves alone what has a volume, is not placed, or belongs to another provisioner", () => {
    const { metadata, spec } = claim;
    const placed = { "volume.kubernetes.io/selected-node": "platform" };
    const others = { ...placed, "volume.kubernetes.io/storage-provisioner": "rancher.io/local-path" };
    const unplaced = { "volume.kubernetes.io/storage-provisioner": provisioner };
    const elsewhere = { ...metadata.annotations, "volume.kubernetes.io/selected-node": "other" };
    expect(needsVolume({ metadata: { ...metadata, annotations: elsewhere }, spec })).to.equal(false);
    expect(needsVolume({ metadata, spec: { ...spec, volumeName: "pvc-1" } })).to.equal(false);
    expect(needsVolume({ metadata: { ...metadata, annotations: unplaced }, spec })).to.equal(false);
    expect(needsVolume({ metadata: { ...metadata, annotations: others }, spec })).to.equal(false);
    expect(needsVolume({ metadata: { ...metadata, annotations: undefined }, spec })).to.equal(false);
  });

  it("makes a local volume of the claim's size in a folder of its own", () => {
    const { metadata, spec } = volumeFor(claim, { reclaimPolicy: "Retain" });
    expect(metadata.name).to.equal("pvc-11111111-2222");
    expect(spec).to.deep.include({
      capacity: { storage: "2Gi" },
      accessModes: ["ReadWriteOnce"],
      storageClassName: "local",
      persistentVolumeReclaimPolicy: "Retain",
      local: { path: `${volumesDir}/malai-data-postgres-0-11111111-2222` },
    });
    expect(folderOf(claim)).to.equal(`${volumesDir}/malai-data-postgres-0-11111111-2222`);
  });

  it("deletes a volume when its class names no policy, as Kubernetes does", () => {
    expect(volumeFor(claim, {}).spec).to.deep.include({ persistentVolumeReclaimPolicy: "Delete" });
  });

  it("deletes the folder of a volume that was released", () => {
    expect(folderToDelete(released)).to.equal(`${volumesDir}/malai-data-1`);
  });

  it("keeps the folder while it is bound, retained, or not its own", () => {
    const { metadata, spec } = released;
    expect(folderToDelete({ ...released, status: { phase: "Bound" } })).to.equal(undefined);
    expect(
      folderToDelete({ ...released, spec: { ...spec, persistentVolumeReclaimPolicy: "Retain" } }),
    ).to.equal(undefined);
    expect(folderToDelete({ ...released, metadata: { name: metadata.name } })).to.equal(undefined);
  });

  it("never deletes a folder outside of its own, whatever the volume says", () => {
    for (const path of [
      "/etc",
      volumesDir,
      `${volumesDir}/..`,
      `${volumesDir}/../pki`,
      `${volumesDir}/a/b`,
    ]) {
      const volume = { ...released, spec: { ...released.spec, local: { path } } };
      expect(folderToDelete(volume), path).to.equal(undefined);
    }
  });
});

/** The node that a volume can be used on. */
function nodeOf({ spec }: ReturnType<typeof volumeFor>): string {
  const { nodeAffinity } = spec as {
    nodeAffinity: { required: { nodeSelectorTerms: { matchExpressions: { values: string[] }[] }[] } };
  };
  return nodeAffinity.required.nodeSelectorTerms[0]?.matchExpressions[0]?.values.join() ?? "";
}
