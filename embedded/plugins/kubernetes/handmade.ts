import { isObject, type Properties } from "../protocol/index";
import type { KubeObject } from "./object";
import { itemOf } from "./ownership";

/**
 * The commands of kubectl with which people change a few fields of an object. Others, such as `create` or
 * `replace`, write whole objects: what they own says nothing about what was meant.
 */
const editors = /^kubectl-(edit|label|annotate|set|patch)$/;

/** What kubectl and the controllers note down for themselves. */
const bookkeeping = /^f:(kubectl|deployment)\.kubernetes\.io\//;

/** The projected inputs with what people added by hand, so that it shows as drift and the next update removes it. */
export function withHandmade(projected: Properties, live: KubeObject): Properties {
  const entries = (live.metadata.managedFields ?? []).filter(
    ({ manager, operation, subresource }) => editors.test(manager) && operation === "Update" && !subresource,
  );
  return entries.reduce((inputs, { fieldsV1 }) => added(fieldsV1, live, inputs) as Properties, projected);
}

/** `into` with the fields of `live` that it lacks; fields that both have are the projection's business. */
function added(fields: Properties, live: unknown, into: unknown): unknown {
  const inner = Object.entries(fields).filter(([key]) => key !== "." && !bookkeeping.test(key));
  if (inner.length === 0) return into === undefined ? live : into;
  if (Array.isArray(live)) return addedItems(inner, live, Array.isArray(into) ? [...into] : []);
  if (!isObject(live)) return into;
  const result: Properties = isObject(into) ? { ...into } : {};
  for (const [key, value] of inner) {
    const name = key.slice(2);
    if (name in live) result[name] = added(value as Properties, live[name], result[name]);
  }
  return result;
}

function addedItems(fields: [string, unknown][], live: unknown[], into: unknown[]): unknown[] {
  for (const [key, value] of fields) {
    const item = itemOf(key, live);
    if (item === undefined) continue;
    const existing = itemOf(key, into);
    if (existing === undefined) into.push(item);
    else if (isObject(existing)) into[into.indexOf(existing)] = added(value as Properties, item, existing);
  }
  return into;
}
