import { isDeepStrictEqual } from "node:util";
import { lineDifferences } from "./lines";
import { isObject } from "./object";
import type { Change } from "./preview";
import { HIDDEN } from "./redact";

/** One property that changes. */
export interface Difference {
  /** `spec.template.spec.containers[nginx].image`. */
  path: string;
  /** Lines as in a diff: `- ` before, `+ ` after. */
  lines: string[];
}

/** Longest value that is shown, in characters. */
const LONGEST = 160;

/** What an update changes, without secrets. A created, deleted or same resource has none: its label says enough. */
export function differencesOf({ operation, old, new: next, changed }: Change): Difference[] {
  if ((operation !== "update" && operation !== "replace") || !old || !next) return [];
  const visible = compare(old.inputs, next.inputs, "");
  // What differs in secrets alone; the provider knows its place, and its value is not shown.
  return visible.length > 0 ? visible : changed.map((path) => ({ path, lines: [`  ${HIDDEN}`] }));
}

function compare(old: unknown, next: unknown, path: string): Difference[] {
  if (isDeepStrictEqual(old, next)) return [];
  if (Array.isArray(old) && Array.isArray(next) && !(areNamed(old) && areNamed(next))) {
    return compareLists(old, next, path);
  }
  if (isObject(old) && isObject(next) && Array.isArray(old) === Array.isArray(next)) {
    const before = entriesOf(old);
    const after = entriesOf(next);
    const keys = [...new Set([...before.keys(), ...after.keys()])];
    return keys.flatMap((key) => compare(before.get(key), after.get(key), join(path, key)));
  }
  if (typeof old === "string" && typeof next === "string" && /\n/.test(old + next)) {
    return [{ path, lines: lineDifferences(old, next) }];
  }
  return [{ path, lines: [...shown("- ", old), ...shown("+ ", next)] }];
}

/** What is only in one of them: a rule that comes first must not look like a change of all that follow it. */
function compareLists(old: readonly unknown[], next: readonly unknown[], path: string): Difference[] {
  const without = (one: readonly unknown[], other: readonly unknown[]) =>
    one.filter((entry) => !other.some((candidate) => isDeepStrictEqual(entry, candidate)));
  const gone = without(old, next);
  const come = without(next, old);
  const [only] = gone;
  if (gone.length === 1 && come.length === 1 && isObject(only)) {
    return compare(only, come[0], `${path}[${old.indexOf(only)}]`);
  }
  const lines = [
    ...gone.flatMap((entry) => shown("- ", entry)),
    ...come.flatMap((entry) => shown("+ ", entry)),
  ];
  return [{ path, lines: lines.length > 0 ? lines : ["  the same in another order, or number"] }];
}

/** Containers, ports and variables have names, which tell them apart better than their places. */
function areNamed(value: readonly unknown[]): value is readonly { name: string }[] {
  const names = value.map((entry) => (isObject(entry) ? entry.name : undefined));
  return names.every((name) => typeof name === "string") && new Set(names).size === names.length;
}

function entriesOf(value: object): Map<string, unknown> {
  if (!Array.isArray(value)) return new Map(Object.entries(value));
  return new Map(value.map((entry) => [`[${entry.name}]`, entry]));
}

function join(path: string, key: string): string {
  return path === "" || key.startsWith("[") ? `${path}${key}` : `${path}.${key}`;
}

function shown(sign: string, value: unknown): string[] {
  if (value === undefined) return [];
  const text = typeof value === "string" ? value : JSON.stringify(value);
  const line = text.replace(/\s+/g, " ");
  return [`${sign}${line.length > LONGEST ? `${line.slice(0, LONGEST)}…` : line}`];
}
