import { isObject, type Properties, reveal } from "../protocol/index";
import { annotation, annotations, type KubeObject, type ManagedFields } from "./object";

/** The manager of a create. It is a plain write, so the first apply has to take its fields over. */
export const CREATE_MANAGER = "pulumi-kubernetes";

/** Managers that hand over to the program: an earlier write of this plugin, and people with kubectl. */
export function handsOver(manager: string): boolean {
  return manager === CREATE_MANAGER || manager === "before-first-apply" || /^kubectl($|-)/.test(manager);
}

/** The manager that applies this object: the annotation's, else the one in the state. */
export function fieldManagerOf(inputs: Properties, kept: string): string {
  return annotation(inputs, annotations.patchFieldManager) ?? kept;
}

/** One operation of a JSON patch. */
export interface PatchOperation {
  op: "replace";
  path: string;
  value: unknown;
}

/**
 * A patch that makes `manager` the only owner of the fields that `declared` names, as far as managers that
 * hand over have them. Server-side apply removes what left the program only where nobody else owns it. Undefined when there is
 * nothing to hand over. The API server refuses it as a conflict when the object has changed meanwhile.
 */
export function takeOver(
  live: KubeObject,
  declared: Properties,
  manager: string,
): PatchOperation[] | undefined {
  const taken: Properties[] = [];
  const kept: ManagedFields[] = [];
  for (const entry of live.metadata.managedFields ?? []) {
    if (
      entry.operation === "Apply"
        ? entry.manager === manager
        : !handsOver(entry.manager) || entry.subresource === "status"
    ) {
      kept.push(entry);
      continue;
    }
    const [ours, theirs] = split(entry.fieldsV1, reveal(declared));
    taken.push(ours);
    if (Object.keys(theirs).length > 0 && entry.manager !== CREATE_MANAGER)
      kept.push({ ...entry, fieldsV1: theirs });
  }
  if (taken.every((fields) => Object.keys(fields).length === 0)) return undefined;

  const own = kept.find((entry) => entry.operation === "Apply" && entry.manager === manager);
  const others = kept.filter((entry) => entry !== own);
  const fieldsV1 = [own?.fieldsV1 ?? {}, ...taken].reduce(merge);
  const entry: ManagedFields & { fieldsType: string } = {
    manager,
    operation: "Apply",
    apiVersion: live.apiVersion,
    fieldsType: "FieldsV1",
    fieldsV1,
  };
  return [
    { op: "replace", path: "/metadata/resourceVersion", value: live.metadata.resourceVersion },
    { op: "replace", path: "/metadata/managedFields", value: [...others, entry] },
  ];
}

/**
 * Divides a set of fields into those that `value` names and the rest. Its keys are `f:<field>`, `k:<identity of a list's item>`,
 * `v:<item of a set>` and `.` for the object itself.
 */
export function split(fields: Properties, value: unknown): [ours: Properties, theirs: Properties] {
  const ours: Properties = {};
  const theirs: Properties = {};
  for (const [key, inner] of Object.entries(fields)) {
    const [named, part] = lookUp(key, value);
    if (!named) theirs[key] = inner;
    else if (!isObject(inner) || Object.keys(inner).length === 0) ours[key] = inner;
    else {
      const [mine, rest] = split(inner, part);
      if (Object.keys(mine).length > 0) ours[key] = mine;
      if (Object.keys(rest).length > 0) theirs[key] = rest;
    }
  }
  return [ours, theirs];
}

/** Whether `value` has what the key of a field set stands for, and the part of it. */
function lookUp(key: string, value: unknown): [named: boolean, part?: unknown] {
  if (key === ".") return [true];
  const name = key.slice(2);
  if (key.startsWith("f:")) return isObject(value) && name in value ? [true, value[name]] : [false];
  if (!Array.isArray(value)) return [false];
  const item = itemOf(key, value);
  return item === undefined ? [false] : [true, item];
}

/** The item of a list that a key such as `k:{"name":"api"}` or `v:"a"` stands for. */
export function itemOf(key: string, list: readonly unknown[]): unknown {
  const wanted = JSON.parse(key.slice(2)) as unknown;
  if (key.startsWith("v:")) return list.find((item) => item === wanted);
  return list.find((item) => isObject(item) && isObject(wanted) && identifies(wanted, item));
}

/** A default that completes the identity, such as `protocol: TCP`, is not in the program. */
function identifies(identity: Properties, item: Properties): boolean {
  const known = Object.entries(identity).filter(([key]) => key in item);
  return known.length > 0 && known.every(([key, value]) => item[key] === value);
}

function merge(one: Properties, other: Properties): Properties {
  const result = { ...one };
  for (const [key, value] of Object.entries(other)) {
    const existing = result[key];
    result[key] = isObject(existing) && isObject(value) ? merge(existing, value) : value;
  }
  return result;
}
