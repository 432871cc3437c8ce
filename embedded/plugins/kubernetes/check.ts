import {
  type CheckFailure,
  type CheckRequest,
  isObject,
  type Properties,
  Secret,
  UNKNOWN,
} from "../protocol/index";
import { named } from "./naming";
import { annotation, annotations, at } from "./object";
import { markSecretData } from "./secrets";

/** Metadata that only the API server may set; manifests that were exported from a cluster have it. */
const readOnly: ReadonlySet<string> = new Set([
  "creationTimestamp",
  "deletionGracePeriodSeconds",
  "deletionTimestamp",
  "generation",
  "managedFields",
  "resourceVersion",
  "selfLink",
  "uid",
]);

/** The inputs as they go into the state: named, without what the API server would throw away, Secret data marked. */
export function checkedInputs(request: CheckRequest): Properties {
  const cleaned = withoutNulls(request.news) as Properties;
  const { metadata } = cleaned;
  if (isObject(metadata)) {
    cleaned.metadata = Object.fromEntries(Object.entries(metadata).filter(([key]) => !readOnly.has(key)));
  }
  return markSecretData(named({ ...request, news: cleaned }));
}

/** The same with a namespace where the program names none. */
export function inNamespace(inputs: Properties, namespace: string): Properties {
  const { metadata } = inputs;
  if (metadata === UNKNOWN || metadata instanceof Secret || at(metadata, "namespace") !== undefined)
    return inputs;
  return { ...inputs, metadata: { ...(isObject(metadata) ? metadata : {}), namespace } };
}

/** Resource types that do more than one object's life, which this plugin leaves to the official one. */
export function unsupported({ type }: { type: string }, news: Properties): CheckFailure | undefined {
  const [, group = "", token = ""] = type.split(":");
  const official = (what: string) => ({
    property: "",
    reason: `${what} needs the official kubernetes plugin`,
  });
  if (/^(helm\.sh|kustomize|yaml)(\/|$)/.test(group)) return official(type);
  if (token.endsWith("Patch") && news.kind !== token) return official(`the patch resource ${token}`);
  if (token.endsWith("List") && news.kind === token && Array.isArray(news.items)) {
    return { property: "", reason: `a ${token} cannot be created; use a resource for each of its items` };
  }
  if (annotation(news, annotations.waitFor)) return official(`the annotation ${annotations.waitFor}`);
  return undefined;
}

function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (value instanceof Secret) return new Secret(withoutNulls(value.value));
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, item]) => item !== null && item !== undefined)
      .map(([key, item]) => [key, withoutNulls(item)]),
  );
}
