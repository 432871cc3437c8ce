import { isObject, type Properties, UNKNOWN } from "../protocol/index";
import { newFieldManager } from "./naming";
import { at, fromManifest, type KubeObject, textAt } from "./object";
import { isSecretKind, markLike, markSecretData } from "./secrets";

/** The keys in a resource's outputs that are not Kubernetes', named as the official plugin does, so that it can go on from there. */
const FIELD_MANAGER = "__fieldManager";
const INITIAL_VERSION = "__initialApiVersion";
const INPUTS = "__inputs";

/** The outputs of a resource: the live object, secret where the inputs are, and what the next operation needs. */
export function toOutputs(
  live: KubeObject,
  inputs: Properties,
  fieldManager: string,
  initialVersion: string,
): Properties {
  const { managedFields: _, ...metadata } = live.metadata;
  const outputs = fromManifest({ ...live, metadata: metadata as KubeObject["metadata"] });
  const marked = markLike(outputs, inputs) as Properties;
  return {
    ...(isSecretKind(live) ? markSecretData(marked) : marked),
    [INPUTS]: inputs,
    [FIELD_MANAGER]: fieldManager,
    [INITIAL_VERSION]: initialVersion,
  };
}

/** The field manager of the resource; a new one where the state has none, as after an import. */
export function fieldManagerIn(outputs: Properties): string {
  return textAt(outputs, FIELD_MANAGER) ?? newFieldManager();
}

export function initialVersionIn(outputs: Properties, inputs: Properties): string {
  return textAt(outputs, INITIAL_VERSION) ?? textAt(inputs, "apiVersion") ?? "v1";
}

/** Outputs of a preview whose object the API server could not be asked for: the inputs, and what is sure to come. */
export function previewOutputs(inputs: Properties): Properties {
  return withUnknowns(inputs, inputs);
}

/** Outputs of a dry run. What the server only made up for a new object is unknown. */
export function dryRunOutputs(live: KubeObject, inputs: Properties, isNew: boolean): Properties {
  const { managedFields: _, ...metadata } = live.metadata;
  const outputs = fromManifest({ ...live, metadata: metadata as KubeObject["metadata"] });
  const marked = markLike(outputs, inputs) as Properties;
  const secret = isSecretKind(live) ? markSecretData(marked) : marked;
  return isNew ? withUnknowns(secret, inputs) : secret;
}

/** The SDK takes a missing `status` for unknown by itself, but not what is missing inside of an object. */
function withUnknowns(outputs: Properties, inputs: Properties): Properties {
  const { status: _, ...result } = outputs;
  if (isObject(result.metadata)) {
    result.metadata = {
      ...result.metadata,
      uid: UNKNOWN,
      resourceVersion: UNKNOWN,
      creationTimestamp: UNKNOWN,
    };
  }
  if (inputs.kind === "Service" && isObject(result.spec)) {
    const spec: Properties = { ...result.spec };
    for (const key of ["clusterIP", "clusterIPs"]) {
      if (at(inputs, "spec", key) === undefined) spec[key] = UNKNOWN;
    }
    result.spec = spec;
  }
  return result;
}
