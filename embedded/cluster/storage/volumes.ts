/**
 * The provisioner behind the StorageClass `local`: a program of its own, bundled and run by
 * {@link import("../node/own-daemons")}. Each volume is a folder of this machine, so it outlives pods, the
 * cluster's daemons and the machine's restarts. Sizes are not enforced.
 */
import { chmod, mkdir, rm } from "node:fs/promises";
import { createServer } from "node:http";
import { logsDir } from "../../paths";
import { rotateAll } from "../../rotate";
import { Api, ApiFailure } from "../control-plane/api";
import { follow } from "../control-plane/follow";
import { ports } from "../network/ports";
import { mountsBelow } from "./mounts";
import {
  type Claim,
  eventFor,
  folderOf,
  folderToDelete,
  needsFolder,
  needsVolume,
  type StorageClass,
  type Volume,
  volumeFor,
} from "./volume-rules";

const ROTATE_EVERY = 600_000;
const volumesPath = "/api/v1/persistentvolumes";
const claimsPath = "/api/v1/persistentvolumeclaims";
const api = new Api("volumes");
const listed = new Set<string>();

// Of every daemon, beside its own work: this is the one that nothing has to be installed for.
setInterval(() => rotateAll(logsDir), ROTATE_EVERY);

createServer((_, response) => {
  response.writeHead(listed.size === 2 ? 200 : 503).end();
}).listen(ports.volumesHealth.port, ports.volumesHealth.address);
await Promise.all([handleEach(claimsPath, provision), handleEach(volumesPath, reclaim)]);

/** Handles every object of a collection, then each one that changes, for ever. */
function handleEach<T>(path: string, handle: (object: T) => Promise<void>): Promise<never> {
  return follow<T>(api, path, {
    async listed(objects) {
      const outcomes = await Promise.allSettled(objects.map(handle));
      listed.add(path);
      const failure = outcomes.find((outcome) => outcome.status === "rejected");
      if (failure) throw failure.reason;
    },
    async changed({ type, object }) {
      if (type !== "DELETED") await handle(object);
    },
  });
}

/** Makes the folder and the volume that a claim waits for. */
async function provision(claim: Claim): Promise<void> {
  if (!needsVolume(claim)) return;
  const { name, namespace } = claim.metadata;
  if (claim.spec.volumeMode === "Block") {
    const event = eventFor(claim, "the embedded cluster has no block volumes; use volumeMode: Filesystem");
    return api.post(`/api/v1/namespaces/${namespace}/events`, event);
  }
  const storageClass = await api.get<StorageClass>(
    `/apis/storage.k8s.io/v1/storageclasses/${claim.spec.storageClassName}`,
  );
  const folder = folderOf(claim);
  if (needsFolder(claim)) {
    await mkdir(folder, { recursive: true });
    // For every user of every pod. Not as mkdir's mode, which the umask narrows.
    await chmod(folder, 0o777);
  }
  await except(409, api.post(volumesPath, volumeFor(claim, storageClass)));
  console.log(`${namespace}/${name}: made ${folder}`);
}

/** Deletes a volume that was released, and its data, if its class says so. */
async function reclaim(volume: Volume): Promise<void> {
  const folder = folderToDelete(volume);
  if (folder === undefined) return;
  const [mount] = mountsBelow(folder);
  if (mount) return console.error(`${volume.metadata.name}: not deleted, ${mount} is mounted below it`);
  await rm(folder, { recursive: true, force: true });
  await except(404, api.delete(`${volumesPath}/${volume.metadata.name}`));
  console.log(`${volume.metadata.name}: deleted ${folder}`);
}

/** Another client, or this program before it was ended, has done it already. */
async function except(status: number, call: Promise<void>): Promise<void> {
  try {
    await call;
  } catch (error) {
    if (!(error instanceof ApiFailure && error.status === status)) throw error;
  }
}
