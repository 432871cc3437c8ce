import { isObject, type Properties, reveal } from "../protocol/index";
import type { Path } from "./diff";
import { isEmpty, sameScalar } from "./equality";
import { at, type KubeObject } from "./object";

/**
 * How to find an item of a list again, by the list's key. In these lists others may add items of their own
 * (injected containers, mounted tokens, allocated ports), which are no drift; in all others every item counts.
 */
const identities: Record<string, string[][]> = {
  containers: [["name"]],
  initContainers: [["name"]],
  volumes: [["name"]],
  env: [["name"]],
  volumeMounts: [["mountPath"]],
  volumeDevices: [["devicePath"]],
  imagePullSecrets: [["name"]],
  ports: [["port"], ["containerPort"], ["name"]],
  hostAliases: [["ip"]],
  tolerations: [["key"]],
  ownerReferences: [["uid"]],
  secrets: [["name"]],
  volumeClaimTemplates: [["metadata", "name"]],
  webhooks: [["name"]],
  versions: [["name"]],
};

/**
 * The inputs that would lead to what is there now: those of the last update with the values of today. What the
 * program does not say (defaults, the autoscaler's replicas, the status) is left out, and what only looks
 * different (`1` and `1000m`) stays as the program wrote it.
 */
export function project(inputs: Properties, live: KubeObject): Properties {
  const plain = reveal<Properties>(inputs);
  const projected = projectObject(plain, live, []);
  if (isObject(plain.stringData)) projected.stringData = projectStringData(plain.stringData, live);
  // The version that the program names is a way to look at the object, not a part of it.
  return { ...projected, apiVersion: plain.apiVersion, kind: plain.kind };
}

function projectValue(input: unknown, live: unknown, path: Path): unknown {
  if (live === undefined || live === null) return isEmpty(input) ? input : undefined;
  if (Array.isArray(input) && Array.isArray(live)) return projectList(input, live, path);
  if (isObject(input) && isObject(live)) return projectObject(input, live, path);
  return sameScalar(input, live, path) ? input : live;
}

function projectObject(input: Properties, live: Properties, path: Path): Properties {
  const result: Properties = {};
  for (const [key, value] of Object.entries(input)) {
    const projected = projectValue(value, live[key], [...path, key]);
    if (projected !== undefined) result[key] = projected;
  }
  return result;
}

function projectList(input: unknown[], live: unknown[], path: Path): unknown[] {
  const identity = identityOf(input, path);
  if (identity) {
    const byIdentity = new Map(live.map((item) => [at(item, ...identity), item]));
    return input.flatMap((item, index) => {
      const found = byIdentity.get(at(item, ...identity));
      return found === undefined ? [] : [projectValue(item, found, [...path, index])];
    });
  }
  return live.map((item, index) =>
    index < input.length ? projectValue(input[index], item, [...path, index]) : item,
  );
}

/** Only usable when it tells the items of the program apart. */
function identityOf(items: unknown[], path: Path): string[] | undefined {
  return identities[String(path.at(-1))]?.find((identity) => {
    const values = items.map((item) => at(item, ...identity));
    return values.every((value) => value !== undefined) && new Set(values).size === values.length;
  });
}

/** `stringData` can only be written; the API server shows it as `data`, in base64. */
function projectStringData(stringData: Properties, live: KubeObject): Properties {
  const result: Properties = {};
  for (const key of Object.keys(stringData)) {
    const value = at(live, "data", key);
    if (typeof value === "string") result[key] = Buffer.from(value, "base64").toString();
    else if (stringData[key] === "") result[key] = "";
  }
  return result;
}

/** What the API server fills in, and no program would say. */
const serverMetadata = [
  "creationTimestamp",
  "deletionGracePeriodSeconds",
  "deletionTimestamp",
  "generation",
  "managedFields",
  "resourceVersion",
  "selfLink",
  "uid",
];
const serverAnnotations = [
  "kubectl.kubernetes.io/last-applied-configuration",
  "deployment.kubernetes.io/revision",
];

/** Inputs for an object that Pulumi sees for the first time: all of it that a program could have written. */
export function importInputs(live: KubeObject): Properties {
  const { status: _, ...inputs } = live;
  const metadata: Properties = omit(live.metadata, serverMetadata);
  if (isObject(metadata.annotations)) {
    metadata.annotations = omit(metadata.annotations, serverAnnotations);
    if (isEmpty(metadata.annotations)) delete metadata.annotations;
  }
  return { ...inputs, metadata };
}

function omit(object: Properties, keys: readonly string[]): Properties {
  return Object.fromEntries(Object.entries(object).filter(([key]) => !keys.includes(key)));
}
