import { isObject } from "../protocol/index";

const decimal: Record<string, number> = {
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  "": 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
};
const binary: Record<string, number> = {
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
  Ei: 2 ** 60,
};

/** The keys whose values, or whose objects' values, Kubernetes stores as quantities and writes in its own way. */
const quantityKeys: ReadonlySet<string> = new Set([
  "limits",
  "requests",
  "hard",
  "capacity",
  "default",
  "defaultRequest",
  "max",
  "min",
  "maxLimitRequestRatio",
  "sizeLimit",
  "averageValue",
  "value",
  "divisor",
  "podFixed",
  "overhead",
]);

/** The number that a quantity such as `500m` or `1Gi` means; undefined when it is none. */
export function quantity(value: unknown): number | undefined {
  if (typeof value === "number") return value;
  if (typeof value !== "string") return undefined;
  const match = /^([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)([a-zA-Z]*)$/.exec(value);
  if (!match) return undefined;
  const [, digits = "", unit = ""] = match;
  const factor = decimal[unit] ?? binary[unit];
  return factor === undefined ? undefined : Number(digits) * factor;
}

/**
 * Whether two scalars mean the same to Kubernetes at this place. The path decides: `"1"` and `"1000m"` are the
 * same CPU, and two different values of an environment variable.
 */
export function sameScalar(one: unknown, other: unknown, path: readonly (string | number)[]): boolean {
  if (one === other) return true;
  if (isEmpty(one) && isEmpty(other) && (one ?? undefined) === (other ?? undefined)) return true;
  // Ports and the like: Kubernetes takes a number or its text.
  if (typeof one !== typeof other && isScalar(one) && isScalar(other) && String(one) === String(other))
    return true;
  if (!isQuantityPlace(path)) return false;
  const first = quantity(one);
  const second = quantity(other);
  if (first === undefined || second === undefined) return false;
  return Math.abs(first - second) <= Math.abs(first) * 1e-12;
}

function isQuantityPlace(path: readonly (string | number)[]): boolean {
  if (path.includes("env") || path.includes("data")) return false;
  const [parent, key] = path.slice(-2);
  return quantityKeys.has(String(key)) || quantityKeys.has(String(parent));
}

/** What Kubernetes leaves out when it stores an object: nothing, zero, and empty texts, lists and objects. */
export function isEmpty(value: unknown): boolean {
  if (value === undefined || value === null || value === "" || value === 0 || value === false) return true;
  if (Array.isArray(value)) return value.length === 0;
  return isObject(value) && Object.values(value).every(isEmpty);
}

function isScalar(value: unknown): boolean {
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean";
}
