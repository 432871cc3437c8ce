import { isObject, type Properties, reveal } from "../protocol/index";

/** A Kubernetes object as it goes over the wire. */
export interface KubeObject extends Properties {
  apiVersion: string;
  kind: string;
  metadata: ObjectMeta;
}

export interface ObjectMeta extends Properties {
  name: string;
  namespace?: string;
  uid?: string;
  generation?: number;
  resourceVersion?: string;
  deletionTimestamp?: string;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
  managedFields?: ManagedFields[];
}

/** Which client last set which fields. */
export interface ManagedFields {
  manager: string;
  operation: "Apply" | "Update";
  subresource?: string;
  apiVersion: string;
  fieldsV1: Properties;
}

export const annotations = {
  autonamed: "pulumi.com/autonamed",
  skipAwait: "pulumi.com/skipAwait",
  waitFor: "pulumi.com/waitFor",
  timeoutSeconds: "pulumi.com/timeoutSeconds",
  patchForce: "pulumi.com/patchForce",
  patchFieldManager: "pulumi.com/patchFieldManager",
  deletionPolicy: "pulumi.com/deletionPropagationPolicy",
  replaceUnready: "pulumi.com/replaceUnready",
} as const;

/** The value at a path such as `["metadata", "name"]`; undefined where the path ends early. */
export function at(value: unknown, ...path: string[]): unknown {
  return path.reduce<unknown>((inner, key) => (isObject(inner) ? inner[key] : undefined), value);
}

export function textAt(value: unknown, ...path: string[]): string | undefined {
  const found = reveal(at(value, ...path));
  return typeof found === "string" && found !== "" ? found : undefined;
}

/** A number, or 0: Kubernetes leaves zeros out of a status. */
export function countAt(value: unknown, ...path: string[]): number {
  const found = at(value, ...path);
  return typeof found === "number" ? found : 0;
}

export function listAt<T = Properties>(value: unknown, ...path: string[]): T[] {
  const found = at(value, ...path);
  return Array.isArray(found) ? found : [];
}

export function annotation(value: unknown, key: string): string | undefined {
  return textAt(value, "metadata", "annotations", key);
}

/** `Deployment api`, for messages. */
export function title(object: { kind?: unknown; metadata?: unknown }): string {
  return `${object.kind} ${textAt(object, "metadata", "name") ?? "without a name"}`;
}

/** The id in the state: `namespace/name`, or the name alone where there is no namespace. */
export function idOf({ metadata }: KubeObject): string {
  return metadata.namespace ? `${metadata.namespace}/${metadata.name}` : metadata.name;
}

/** The two halves of an id; without a namespace for `name`. */
export function parseId(id: string): { namespace?: string; name: string } {
  const slash = id.indexOf("/");
  return slash < 0 ? { name: id } : { namespace: id.slice(0, slash), name: id.slice(slash + 1) };
}

/**
 * The manifest to send for inputs of a program: secrets laid bare, nulls left out, and the SDK's
 * `x_kubernetes_…` (a CRD's schema has such keys) spelled as Kubernetes does.
 */
export function toManifest(inputs: Properties): KubeObject {
  return convert(reveal(inputs), (key) =>
    key.startsWith("x_kubernetes_") ? key.replaceAll("_", "-") : key,
  ) as KubeObject;
}

/** The other way round: an object of the API server with keys as the SDK wants them. */
export function fromManifest(object: KubeObject): Properties {
  return convert(object, (key) =>
    key.startsWith("x-kubernetes-") ? key.replaceAll("-", "_") : key,
  ) as Properties;
}

function convert(value: unknown, rename: (key: string) => string): unknown {
  if (Array.isArray(value)) return value.map((item) => convert(item, rename));
  if (!isObject(value)) return value;
  const result: Properties = {};
  for (const [key, item] of Object.entries(value)) {
    if (item !== null && item !== undefined) result[rename(key)] = convert(item, rename);
  }
  return result;
}
