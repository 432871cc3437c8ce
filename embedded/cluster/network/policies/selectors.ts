import type { Labels, Selector } from "./objects";

/** Whether labels fulfil every requirement of a selector; an empty one has none. */
export function selects({ matchLabels = {}, matchExpressions = [] }: Selector, labels: Labels): boolean {
  return (
    Object.entries(matchLabels).every(([key, value]) => labels[key] === value) &&
    matchExpressions.every((expression) => fulfils(labels, expression))
  );
}

function fulfils(
  labels: Labels,
  { key, operator, values = [] }: NonNullable<Selector["matchExpressions"]>[number],
): boolean {
  const value = labels[key];
  switch (operator) {
    case "In":
      return value !== undefined && values.includes(value);
    case "NotIn":
      return value === undefined || !values.includes(value);
    case "Exists":
      return value !== undefined;
    case "DoesNotExist":
      return value === undefined;
    default:
      // The API server admits no other; an unknown requirement must not open anything.
      return false;
  }
}
