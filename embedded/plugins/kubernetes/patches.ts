import { isObject, type Properties } from "../protocol/index";
import type { KubeObject } from "./object";

/** A JSON merge patch: `null` removes. */
export function mergePatch(old: Properties, next: Properties): Properties {
  const patch: Properties = {};
  for (const key of Object.keys(old)) if (!(key in next)) patch[key] = null;
  for (const [key, value] of Object.entries(next)) {
    const before = old[key];
    patch[key] = isObject(value) && isObject(before) ? mergePatch(before, value) : value;
  }
  return patch;
}

/** What `ignoreChanges` names keeps its value of today, so that nobody's field is claimed or reset. */
export function keepIgnored(manifest: KubeObject, live: KubeObject, ignored: string[]): KubeObject {
  const result = structuredClone(manifest);
  for (const path of ignored) {
    const keys = path.match(/[^.[\]"]+/g) ?? [];
    const last = keys.pop();
    if (last === undefined) continue;
    const target = keys.reduce<unknown>(step, result);
    const source = keys.reduce<unknown>(step, live);
    const value = step(source, last);
    if (value !== undefined && typeof target === "object" && target !== null) {
      (target as Record<string, unknown>)[last] = value;
    }
  }
  return result;
}

function step(value: unknown, key: string): unknown {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>)[key] : undefined;
}
