import { createHash, randomBytes } from "node:crypto";
import { type CheckRequest, isObject, type Properties, Secret, UNKNOWN } from "../protocol/index";
import { annotation, annotations, at } from "./object";

/** Hexadecimal digits after the logical name, as many as the official plugin adds. */
const SUFFIX_DIGITS = 8;

/**
 * The inputs with a name: the program's, else the one of the last update, else a new one that is marked by an
 * annotation, so that a replacement may choose another.
 * @throws when the program sets `generateName` or forbids auto-naming
 */
export function named(request: CheckRequest): Properties {
  const { news, olds } = request;
  const metadata = at(news, "metadata");
  if (metadata === UNKNOWN || metadata instanceof Secret) return news;
  if (at(metadata, "name") !== undefined && at(metadata, "name") !== null) return news;
  if (at(metadata, "generateName")) {
    throw new Error(
      "metadata.generateName does not work with server-side apply; leave it out to get a name, or set metadata.name",
    );
  }
  if (isAutonamed(olds)) return withName(news, at(olds, "metadata", "name"));
  if (request.autonaming?.mode === "disable") {
    throw new Error("metadata.name is missing, and auto-naming is off for this resource");
  }
  return withName(news, request.autonaming?.name || `${request.name}-${suffix(request.randomSeed)}`);
}

/** Whether a replacement may have another name than this one. */
export function isAutonamed(inputs: Properties): boolean {
  return annotation(inputs, annotations.autonamed) === "true";
}

/** A name for a field manager of its own, kept in the state. */
export function newFieldManager(): string {
  return `pulumi-kubernetes-${suffix(new Uint8Array())}`;
}

function withName(inputs: Properties, name: unknown): Properties {
  const metadata = at(inputs, "metadata");
  const existing = at(metadata, "annotations");
  const marked =
    existing === UNKNOWN || existing instanceof Secret
      ? existing
      : { ...(isObject(existing) ? existing : {}), [annotations.autonamed]: "true" };
  return { ...inputs, metadata: { ...(isObject(metadata) ? metadata : {}), name, annotations: marked } };
}

function suffix(seed: Uint8Array): string {
  const bytes = seed.length > 0 ? createHash("sha256").update(seed).digest() : randomBytes(SUFFIX_DIGITS);
  return bytes.toString("hex").slice(0, SUFFIX_DIGITS);
}
