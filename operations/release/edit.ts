import { isDeepStrictEqual } from "node:util";
import { editStackText, readStackText } from "../../stacks/stack-text";

/** What `platform:services.<name>.release` says; see `model/settings`. */
export interface ReleaseSetting {
  strategy: "canary" | "blue-green";
  /** Value of the new version's `version` label. */
  version: string;
  tag: string;
  /** `sha256:…` @default whatever the tag leads to */
  digest?: string;
  /** Per cent of the requests that it gets. */
  weight: number;
  schema: "compatible" | "incompatible";
  /** Weights that it will have, where clients have to stay with one version. */
  steps?: readonly number[];
  /** The least number of replicas of both versions meanwhile. @default the service's own */
  replicas?: number;
}

const SERVICES = "platform:services";
const IMAGES = "platform:images";

/** The stack's file with the new version beside the one in use; its comments and all else as they were. Pure. */
export function withRelease(text: string, service: string, release: ReleaseSetting): string {
  const { digest, schema, replicas, steps, ...rest } = release;
  const value = {
    ...rest,
    ...(steps && { steps }),
    ...(replicas && { replicas }),
    ...(digest && { digest }),
    ...(schema === "incompatible" && { schema }),
  };
  return editStackText(text, [{ path: ["config", SERVICES, service, "release"], value }]);
}

/** The file without the new version, nor anything that only it was in: that in use serves alone. Pure. */
export function withoutRelease(text: string, service: string): string {
  const path = ["config", SERVICES, service, "release"];
  const values = readStackText(text);
  while (path.length > 2 && isOnlyOne(path, values)) path.pop();
  return editStackText(text, [{ path }]);
}

/** The file with the new version in the place of the one in use. Pure. */
export function withReleased(
  text: string,
  service: string,
  { version, tag, digest }: Pick<ReleaseSetting, "version" | "tag" | "digest">,
): string {
  const path = ["config", SERVICES, service];
  return editStackText(text, [
    { path: [...path, "release"] },
    { path: [...path, "version"], value: version },
    { path: [...path, "tag"], value: tag },
    // Where those of all images are, so that a promotion may replace it.
    { path: ["config", IMAGES, "digests", service], value: digest },
  ]);
}

/** Whether what is at the path's end is all that its parent has. */
function isOnlyOne(path: readonly string[], values: Record<string, unknown>): boolean {
  const parent = path.slice(0, -1).reduce<unknown>((part, key) => Object(part)[key], values);
  return isDeepStrictEqual(Object.keys(Object(parent)), path.slice(-1));
}
