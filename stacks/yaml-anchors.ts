import {
  type Alias,
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  type Node,
  type Pair,
  visit,
  type YAMLMap,
} from "yaml";

/**
 * Writes out in place what anchors stand for, so that a change of one of their users changes no other. The values stay
 * what they are.
 */
export function flatten(document: Document): void {
  visit(document, {
    Alias: (_, alias) => copyOf(alias, document),
    Map: (_, map) => mergeInto(map, document),
  });
  visit(document, {
    Node: (_, node) => {
      if ("anchor" in node) delete node.anchor;
    },
  });
}

/** In the place of `<<`: what is merged, where the map does not say it by itself. The first of several wins. */
function mergeInto(map: YAMLMap, document: Document): void {
  const items = map.items.flatMap((pair) => {
    if (!isMerge(pair)) return [pair];
    const source = resolved(pair.value as Node, document);
    const parts = isSeq(source) ? source.items.map((item) => resolved(item as Node, document)) : [source];
    return parts.filter(isMap).flatMap((part) => {
      const copy = part.clone() as YAMLMap;
      mergeInto(copy, document);
      return copy.items;
    });
  });
  const own = map.items.filter((pair) => !isMerge(pair)).map(keyOf);
  const seen = new Set<string>();
  map.items = items.filter((pair) => {
    const key = keyOf(pair);
    const merged = !map.items.includes(pair);
    if (seen.has(key) || (merged && own.includes(key))) return false;
    seen.add(key);
    return true;
  });
}

const isMerge = ({ key }: Pair): boolean =>
  isScalar(key) && typeof key.value === "symbol" && key.value.description === "<<";

const keyOf = ({ key }: Pair): string => String(isScalar(key) ? key.value : key);

const resolved = (node: Node, document: Document): Node | undefined =>
  isAlias(node) ? node.resolve(document) : node;

function copyOf(alias: Alias, document: Document): Node | undefined {
  const copy = resolved(alias, document)?.clone() as Node | undefined;
  if (copy && alias.comment) copy.comment = alias.comment;
  return copy;
}
