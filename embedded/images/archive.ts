import { createReadStream, createWriteStream } from "node:fs";
import { open } from "node:fs/promises";
import { buffer } from "node:stream/consumers";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import { type Extract, extract, type Pack, pack } from "tar-stream";
import { UserError } from "../../model/user-error";

interface Index {
  manifests: { digest: string; annotations?: Record<string, string> }[];
}

type Saved = { Config: string; RepoTags?: string[] | null }[];

/** What lists an archive's images, by its path: OCI's index, and Docker's own list. Newer ones of Docker have both. */
const lists: Record<string, (text: string, name: string, requireOne: (images: string[]) => void) => object> =
  {
    "index.json": (text, name, requireOne) => {
      const index: Index = JSON.parse(text);
      // An image of two names is listed twice.
      requireOne([...new Set(index.manifests.map(({ digest }) => digest))]);
      const manifest = { ...index.manifests[0], annotations: { "io.containerd.image.name": name } };
      return { ...index, manifests: [manifest] };
    },
    "manifest.json": (text, name, requireOne) => {
      const saved: Saved = JSON.parse(text);
      requireOne(saved.map(({ Config, RepoTags }) => RepoTags?.[0] ?? Config));
      return [{ ...saved[0], RepoTags: [name] }];
    },
  };

/**
 * Copies an archive of one image, Docker's or OCI's, compressed by gzip or not; in the copy the image has this name, and no other.
 * @throws {UserError} when it is no such archive, is cut short, or has several images
 */
export async function renameArchive(from: string, to: string, name: string): Promise<void> {
  const [entries, archive] = [extract(), pack()];
  const unpack = (await isCompressed(from)) ? [createGunzip()] : [];
  try {
    await Promise.all([
      pipeline([createReadStream(from), ...unpack, entries]),
      copy(entries, archive, name, from).catch((error) => {
        archive.destroy(error);
        throw error;
      }),
      pipeline(archive, createWriteStream(to)),
    ]);
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw noArchive(from, (error as Error).message);
  }
}

async function copy(entries: Extract, archive: Pack, name: string, from: string): Promise<void> {
  let isListed = false;
  for await (const entry of entries) {
    const { header } = entry;
    const list = lists[header.name.replace(/^\.\//, "")];
    if (list) {
      const text = (await buffer(entry)).toString();
      const renamed = list(text, name, (images) => requireOne(images, from));
      archive.entry({ name: header.name }, JSON.stringify(renamed));
      isListed = true;
    } else if (header.type === "file") {
      await pipeline(entry, archive.entry({ ...header }));
    } else {
      archive.entry({ ...header });
      entry.resume();
    }
  }
  if (!isListed) throw noArchive(from, "it has neither index.json nor manifest.json");
  archive.finalize();
}

function requireOne(images: readonly string[], from: string): void {
  if (images.length === 1) return;
  throw new UserError(
    `${from} has ${images.length} images, and the archive has to have one: ${images.join(", ")}`,
    "save that one alone, for all processors if there are several: docker save --output FILE NAME",
  );
}

const noArchive = (file: string, reason: string): UserError =>
  new UserError(
    `${file} is no archive of an image: ${reason}`,
    "make one by docker save --output FILE NAME, podman save or buildah push … docker-archive:FILE",
  );

async function isCompressed(path: string): Promise<boolean> {
  const file = await open(path);
  const { buffer: first } = await file.read(Buffer.alloc(2)).finally(() => file.close());
  return first.readUInt16BE() === 0x1f8b;
}
