import type { Managed } from "./rule";

/** Label of a Namespace: the tier of what is in it, `development` or `production`. */
export const TIER_LABEL = "platform/tier";

/** The objects of a stack that are in production: whatever is not in a namespace that says `development`. */
export function inProduction(stack: readonly Managed[]): Managed[] {
  const development = new Set(
    stack
      .filter(({ object }) => object.kind === "Namespace")
      .filter(({ object }) => object.metadata?.labels?.[TIER_LABEL] === "development")
      .map(({ object }) => object.metadata?.name),
  );
  return stack.filter(({ object }) => !development.has(object.metadata?.namespace));
}
