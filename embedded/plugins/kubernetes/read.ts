import { PartialFailure, type Properties, type ReadRequest, type ReadResult } from "../protocol/index";
import { awaiterOf } from "./await/index";
import type { Cluster } from "./cluster";
import { pathOf } from "./discovery";
import { isNotFound } from "./errors";
import { withHandmade } from "./handmade";
import {
  annotation,
  annotations,
  fromManifest,
  type KubeObject,
  parseId,
  textAt,
  title,
  toManifest,
} from "./object";
import { importInputs, project } from "./projection";
import { markLike, markSecretData } from "./secrets";
import { fieldManagerIn, initialVersionIn, toOutputs } from "./state";

/**
 * The live object, and the inputs that would lead to it; undefined when it is gone, or its kind is.
 * @throws {PartialFailure} when it is there and not ready, so that the next update waits for it
 */
export async function readObject(cluster: Cluster, request: ReadRequest): Promise<ReadResult | undefined> {
  const isNew = Object.keys(request.inputs).length === 0;
  const live = await get(cluster, request);
  if (!live) return undefined;
  const inputs = isNew
    ? markSecretData(fromManifest(importInputs(live) as KubeObject))
    : projectedInputs(request.inputs, live);
  const outputs = toOutputs(
    live,
    inputs,
    fieldManagerIn(request.outputs),
    initialVersionIn(request.outputs, inputs),
  );
  const id = request.id;
  const problem = isNew ? undefined : unreadiness(live, inputs);
  if (problem) throw new PartialFailure(id, outputs, [problem], inputs);
  return { id, inputs, outputs };
}

function projectedInputs(inputs: Properties, live: KubeObject): Properties {
  const projected = fromManifest(withHandmade(project(toManifest(inputs), live), live) as KubeObject);
  return markSecretData(markLike(projected, inputs) as Properties);
}

async function get(
  { client, config, discovery }: Cluster,
  request: ReadRequest,
): Promise<KubeObject | undefined> {
  const { apiVersion, kind } = versionAndKind(request);
  const { name, namespace: own } = parseId(request.id);
  try {
    const found = await discovery.find(apiVersion, kind);
    return await client.request<KubeObject>("GET", pathOf(found, own ?? config.namespace, name));
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

/** From the inputs, or at an import from the type: `kubernetes:core/v1:Pod`, `kubernetes:apps/v1:Deployment`. */
function versionAndKind({ inputs, outputs, type }: ReadRequest): { apiVersion: string; kind: string } {
  const apiVersion = textAt(inputs, "apiVersion") ?? textAt(outputs, "apiVersion");
  const kind = textAt(inputs, "kind") ?? textAt(outputs, "kind");
  if (apiVersion && kind) return { apiVersion, kind };
  const [, version = "", token = ""] = type.split(":");
  return { apiVersion: version.replace(/^core\//, ""), kind: token };
}

/** Only what the object's own status tells: a read asks nobody else. */
function unreadiness(live: KubeObject, inputs: Properties): string | undefined {
  const awaiter = awaiterOf(live);
  if (!awaiter || awaiter.related || annotation(inputs, annotations.skipAwait) === "true") return undefined;
  const verdict = awaiter.judge(live);
  return verdict.ready ? undefined : `${title(live)} is not ready: ${verdict.status}`;
}
