import { type Properties, reveal } from "../protocol/index";
import type { Client } from "./client";
import { changesBetween } from "./diff";
import { type Discovery, pathOf } from "./discovery";
import { ApiError, conflictMessage, fieldConflicts, isAlreadyThere, isMissingGround } from "./errors";
import { annotation, annotations, type KubeObject, title, toManifest } from "./object";
import { CREATE_MANAGER, handsOver, takeOver } from "./ownership";
import { keepIgnored, mergePatch } from "./patches";

const APPLY = "application/apply-patch+yaml";
const JSON_PATCH = "application/json-patch+json";
const MERGE_PATCH = "application/merge-patch+json";

/** Attempts to write an object that controllers write at the same time. */
const HANDOVER_ATTEMPTS = 5;

/** What every write to the cluster needs. */
export interface Writer {
  client: Client;
  discovery: Discovery;
  /** Namespace of objects that name none. */
  namespace: string;
  serverSideApply: boolean;
  patchForce: boolean;
  upsert: boolean;
  /** Aborted when the user cancels. It ends waits, never a write on its way: its outcome would be unknown. */
  signal: AbortSignal;
  onWarning: (text: string) => void;
  onStatus: (text: string) => void;
}

/** Seconds between attempts to create something whose namespace, kind or service account is on its way. */
const RETRIES = [1, 2, 4, 8];

/**
 * Creates the object.
 * @throws when it exists already, unless the provider upserts
 */
export async function createObject(
  writer: Writer,
  inputs: Properties,
  manager: string,
  dryRun: boolean,
): Promise<KubeObject> {
  const manifest = toManifest(inputs);
  for (const delay of [...RETRIES, undefined]) {
    try {
      return await (writer.upsert
        ? apply(writer, manifest, manager, dryRun)
        : post(writer, manifest, dryRun));
    } catch (error) {
      if (isAlreadyThere(error)) throw new AlreadyThereError(manifest);
      if (dryRun || delay === undefined || !isMissingGround(error)) throw error;
      writer.onStatus(`${(error as Error).message}; trying again in ${delay} s`);
      await pause(delay, writer.signal);
    }
  }
  throw new Error("unreachable");
}

/** Something that is not in the state has the name already. */
export class AlreadyThereError extends Error {
  constructor(manifest: KubeObject) {
    super(
      `${title(manifest)} exists already in the cluster, and is not in this stack. Either adopt it with \`pulumi import\` or the ` +
        "import option, delete it, give this one another name, or add an alias where a resource was renamed in the program",
    );
    this.name = "AlreadyThereError";
  }
}

async function post(writer: Writer, manifest: KubeObject, dryRun: boolean): Promise<KubeObject> {
  const kind = await writer.discovery.find(manifest.apiVersion, manifest.kind);
  return writer.client.request<KubeObject>("POST", pathOf(kind, namespaceOf(writer, manifest)), {
    body: manifest,
    query: { fieldManager: CREATE_MANAGER, fieldValidation: "Warn", dryRun: dryRun ? "All" : undefined },
    onWarning: writer.onWarning,
  });
}

/** Brings the live object to what the inputs say; what left the program since `oldInputs` is removed. */
export async function updateObject(
  writer: Writer,
  oldInputs: Properties,
  inputs: Properties,
  manager: string,
  ignored: string[],
  dryRun: boolean,
): Promise<KubeObject> {
  const manifest = toManifest(inputs);
  if (!writer.serverSideApply) return merge(writer, toManifest(oldInputs), manifest, dryRun);
  const removes = changesBetween(reveal(oldInputs), manifest).some(({ kind }) => kind === "delete");
  const needsLive = ignored.length > 0 || (removes && !dryRun);
  if (!needsLive) return apply(writer, manifest, manager, dryRun);

  const live = await handOver(writer, manifest, removes && !dryRun ? toManifest(oldInputs) : {}, manager);
  return apply(writer, keepIgnored(manifest, live, ignored), manager, dryRun);
}

/** The live object, once the fields that `declared` names have only `manager` as their owner, or strangers. */
async function handOver(
  writer: Writer,
  manifest: KubeObject,
  declared: Properties,
  manager: string,
): Promise<KubeObject> {
  const path = await objectPath(writer, manifest);
  for (let attempt = 1; ; attempt++) {
    const live = await writer.client.request<KubeObject>("GET", path);
    const patch = takeOver(live, declared, manager);
    if (!patch) return live;
    try {
      return await writer.client.request<KubeObject>("PATCH", path, { body: patch, contentType: JSON_PATCH });
    } catch (error) {
      // A controller was faster, with the status for example.
      if (!(error instanceof ApiError && error.code === 409) || attempt === HANDOVER_ATTEMPTS) throw error;
    }
  }
}

/**
 * Server-side apply. Fields of managers that hand over are taken; those of others are a conflict.
 * @throws with the managers' names and fields
 */
async function apply(
  writer: Writer,
  manifest: KubeObject,
  manager: string,
  dryRun: boolean,
): Promise<KubeObject> {
  const path = await objectPath(writer, manifest);
  const send = (force: boolean) =>
    writer.client.request<KubeObject>("PATCH", path, {
      body: manifest,
      contentType: APPLY,
      query: {
        fieldManager: manager,
        fieldValidation: "Warn",
        force: String(force),
        dryRun: dryRun ? "All" : undefined,
      },
      onWarning: writer.onWarning,
    });
  try {
    return await send(writer.patchForce || annotation(manifest, annotations.patchForce) === "true");
  } catch (error) {
    const conflicts = fieldConflicts(error);
    if (conflicts.length === 0) throw error;
    const foreign = conflicts.filter((conflict) => !handsOver(conflict.manager));
    if (foreign.length > 0) throw new Error(conflictMessage(foreign));
    return send(true);
  }
}

/** The way without server-side apply: only what the program changed, lists as a whole. */
async function merge(
  writer: Writer,
  old: KubeObject,
  next: KubeObject,
  dryRun: boolean,
): Promise<KubeObject> {
  return writer.client.request<KubeObject>("PATCH", await objectPath(writer, next), {
    body: mergePatch(old, next),
    contentType: MERGE_PATCH,
    query: { fieldManager: CREATE_MANAGER, dryRun: dryRun ? "All" : undefined },
    onWarning: writer.onWarning,
  });
}

export async function objectPath(writer: Writer, manifest: KubeObject): Promise<string> {
  const kind = await writer.discovery.find(manifest.apiVersion, manifest.kind);
  return pathOf(kind, namespaceOf(writer, manifest), manifest.metadata.name);
}

function namespaceOf(writer: Writer, manifest: KubeObject): string {
  return manifest.metadata.namespace ?? writer.namespace;
}

function pause(seconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, seconds * 1000);
    signal.addEventListener(
      "abort",
      () => {
        clearTimeout(timer);
        reject(new Error("cancelled"));
      },
      { once: true },
    );
  });
}
