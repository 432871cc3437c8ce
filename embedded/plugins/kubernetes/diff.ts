import {
  type Diff,
  type DiffKind,
  type DiffRequest,
  isObject,
  type Properties,
  reveal,
  UNKNOWN,
} from "../protocol/index";
import { sameScalar } from "./equality";
import { isAutonamed } from "./naming";
import { at } from "./object";
import { type MutableKinds, replaces } from "./replacement";

export type Path = readonly (string | number)[];

/** One difference between two inputs. */
export interface Change {
  path: Path;
  kind: "add" | "delete" | "update";
}

/**
 * What an update would change: the inputs of the program against those of the last update or refresh. Asks
 * nobody, so that a preview without changes costs nothing.
 */
export function diffInputs({ oldInputs, news }: DiffRequest, namespace: string, mutable: MutableKinds): Diff {
  const old = placed(oldInputs, namespace);
  const next = placed(news, namespace);
  const detailed: Record<string, DiffKind> = {};
  const replaced: string[] = [];
  for (const { path, kind } of changesBetween(old, next)) {
    const text = pathText(path);
    const force = replaces(next, old, path, mutable);
    detailed[text] = force ? `${kind}-replace` : kind;
    if (force) replaced.push(text);
  }
  return {
    changes: Object.keys(detailed).length > 0,
    replaces: replaced,
    deleteBeforeReplace: replaced.length > 0 && keepsItsName(old, next),
    detailed,
  };
}

/** Two objects of one name cannot be there at once: the old one has to go first. */
function keepsItsName(old: Properties, next: Properties): boolean {
  const identity = (object: Properties) => [
    at(object, "metadata", "name"),
    at(object, "metadata", "namespace"),
  ];
  const [name, namespace] = identity(next);
  const [oldName, oldNamespace] = identity(old);
  return !isAutonamed(next) && name === oldName && namespace === oldNamespace;
}

/** Without secrets' wrappers, and with the namespace spelled out, so that naming the default one is no change. */
function placed(inputs: Properties, namespace: string): Properties {
  const plain = reveal<Properties>(inputs);
  const metadata = plain.metadata;
  if (!isObject(metadata) || metadata.namespace) return plain;
  return { ...plain, metadata: { ...metadata, namespace } };
}

/** Every difference, as deep as both sides have the same shape. */
export function changesBetween(old: unknown, next: unknown, path: Path = []): Change[] {
  const before = old ?? undefined;
  const after = next ?? undefined;
  if (before === undefined && after === undefined) return [];
  if (before === undefined) return [{ path, kind: "add" }];
  if (after === undefined) return [{ path, kind: "delete" }];
  if (after === UNKNOWN) return [{ path, kind: "update" }];
  if (Array.isArray(before) && Array.isArray(after)) {
    const length = Math.max(before.length, after.length);
    return Array.from({ length }, (_, index) =>
      changesBetween(before[index], after[index], [...path, index]),
    ).flat();
  }
  if (isObject(before) && isObject(after)) {
    const keys = new Set([...Object.keys(before), ...Object.keys(after)]);
    return [...keys].flatMap((key) => changesBetween(before[key], after[key], [...path, key]));
  }
  return sameScalar(before, after, path) ? [] : [{ path, kind: "update" }];
}

/** `spec.template.metadata.labels["app.kubernetes.io/name"]`, as the engine writes paths. */
export function pathText(path: Path): string {
  return path.reduce<string>((text, key) => {
    if (typeof key === "number") return `${text}[${key}]`;
    if (!/^[A-Za-z_$][\w$-]*$/.test(key)) return `${text}[${JSON.stringify(key)}]`;
    return text ? `${text}.${key}` : key;
  }, "");
}
