import { containersOf } from "./objects";
import type { ObjectRule, StackRule } from "./rule";
import { inProduction } from "./tier";

/** `latest` is another image every day, and so is an image without a tag. */
export const versionedImages: ObjectRule = {
  name: "versioned-images",
  description: "Every image is named with a version, never :latest.",
  violations: (object) =>
    containersOf(object).flatMap(({ container: { image = "" }, at }) => {
      const { tag, digest } = partsOf(image);
      if (digest || (tag && tag !== "latest")) return [];
      const problem = `image "${image}" ${tag ? "follows the tag latest" : "has no tag"}`;
      return [{ at, problem, remedy: "name a version" }];
    }),
};

/** Production runs the very bytes that were tested: a tag can be pushed again. */
export const pinnedImages: StackRule = {
  name: "pinned-images",
  description: "In production every image is pinned by its digest.",
  violations: (stack) =>
    inProduction(stack).flatMap(({ urn, object }) =>
      containersOf(object)
        .filter(({ container }) => !partsOf(container.image ?? "").digest)
        .map(({ container, at }) => ({
          urn,
          at,
          problem: `image "${container.image}" is not pinned in production`,
          remedy: "add its digest: name:tag@sha256:…",
        })),
    ),
};

/** A registry's port is no tag. */
function partsOf(image: string): { tag?: string; digest?: string } {
  const [, , tag, digest] = /^(.*?)(?::([^:/@]+))?(?:@(sha256:[0-9a-f]{64}))?$/.exec(image) ?? [];
  return { tag, digest };
}
