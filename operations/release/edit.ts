import { type Document, isMap, parseDocument } from "yaml";

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
  return edited(text, (document) => {
    const { digest, schema, replicas, steps, ...rest } = release;
    const written = {
      ...rest,
      ...(steps && { steps }),
      ...(replicas && { replicas }),
      ...(digest && { digest }),
      ...(schema === "incompatible" && { schema }),
    };
    document.setIn([...pathOf(document, service), "release"], document.createNode(written));
  });
}

/** The file without the new version: that in use serves alone. Pure. */
export function withoutRelease(text: string, service: string): string {
  return edited(text, (document) => {
    document.deleteIn([...pathOf(document, service), "release"]);
    prune(document, service);
  });
}

/** The file with the new version in the place of the one in use. Pure. */
export function withReleased(
  text: string,
  service: string,
  { version, tag, digest }: Pick<ReleaseSetting, "version" | "tag" | "digest">,
): string {
  return edited(text, (document) => {
    const path = pathOf(document, service);
    document.deleteIn([...path, "release"]);
    document.setIn([...path, "version"], version);
    document.setIn([...path, "tag"], tag);
    // Where those of all images are, so that a promotion may replace it.
    const digests = ["config", IMAGES, "digests"];
    if (digest) {
      for (const part of [digests.slice(0, -1), digests]) ensureMap(document, part);
      document.setIn([...digests, service], digest);
    } else if (document.hasIn(digests)) document.deleteIn([...digests, service]);
  });
}

/** Where the service's own settings are, made if it has none. */
function pathOf(document: Document, service: string): string[] {
  ensureMap(document, ["config", SERVICES]);
  ensureMap(document, ["config", SERVICES, service]);
  return ["config", SERVICES, service];
}

/** Written by hand with nothing in it, it is no map yet. */
function ensureMap(document: Document, path: string[]): void {
  if (!isMap(document.getIn(path, true))) document.setIn(path, document.createNode({}));
}

/** Takes away what only the release was in. */
function prune(document: Document, service: string): void {
  for (const path of [
    ["config", SERVICES, service],
    ["config", SERVICES],
  ]) {
    const map = document.getIn(path, true);
    if (isMap(map) && map.items.length === 0) document.deleteIn(path);
  }
}

function edited(text: string, edit: (document: Document) => void): string {
  const document = parseDocument(text);
  edit(document);
  // As it was written: long lines in one, and braces with or without spaces.
  return document.toString({ lineWidth: 0, flowCollectionPadding: /\{ /.test(text) });
}
