import { createHash } from "node:crypto";
import { buffer } from "node:stream/consumers";
import { pack } from "tar-stream";

/** One file, folder or link of a layer, owned by root unless it says otherwise. */
export type LayerEntry = {
  /** Path in the image, without a leading slash. */
  path: string;
  /** @default 0 */
  uid?: number;
  /** @default 0 */
  gid?: number;
} & (
  | { kind: "folder"; mode?: number }
  | { kind: "file"; content: Buffer | string; mode?: number }
  | { kind: "link"; target: string }
);

/** Bytes that the runtime knows by their digest, in memory or in a file. */
export interface Blob {
  /** `sha256:…` */
  digest: string;
  /** Bytes. */
  size: number;
  source: Buffer | { file: string };
}

/**
 * Writes the entries as a tar archive. The same entries give the same bytes, whatever their order and
 * whenever it is done, so that a layer keeps its digest and is imported once.
 */
export function tarOf(entries: readonly LayerEntry[]): Promise<Buffer> {
  const archive = pack();
  for (const entry of [...entries].sort((a, b) => (a.path < b.path ? -1 : 1))) {
    const header = { name: entry.path, uid: entry.uid ?? 0, gid: entry.gid ?? 0, mtime: new Date(0) };
    if (entry.kind === "folder") {
      archive.entry({ ...header, type: "directory", mode: entry.mode ?? 0o755 });
    } else if (entry.kind === "link") {
      archive.entry({ ...header, type: "symlink", linkname: entry.target, mode: 0o777 });
    } else {
      archive.entry({ ...header, mode: entry.mode ?? 0o644 }, Buffer.from(entry.content));
    }
  }
  archive.finalize();
  return buffer(archive);
}

/** Gives bytes in memory their digest. */
export function blobOf(content: Buffer): Blob {
  return {
    digest: `sha256:${createHash("sha256").update(content).digest("hex")}`,
    size: content.length,
    source: content,
  };
}
