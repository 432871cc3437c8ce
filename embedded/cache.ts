import { createHash } from "node:crypto";
import { createReadStream, existsSync } from "node:fs";
import { chmod, mkdir, mkdtemp, readdir, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { pipeline } from "node:stream/promises";

/** Of a folder that a process, whose id follows, still fills. */
const partialPrefix = ".partial-";

/** Runs `work` with an empty folder in `parent`, which is deleted when it ends, or by a later run when it is killed. */
export async function inScratch<T>(parent: string, work: (scratch: string) => Promise<T>): Promise<T> {
  await mkdir(parent, { recursive: true });
  const scratch = await mkdtemp(join(parent, `${partialPrefix}${process.pid}-`));
  try {
    return await work(scratch);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

/** Fills a folder under another name and renames it, so that it is there complete or not at all. */
export async function store(folder: string, fill: (partial: string) => Promise<void>): Promise<void> {
  await inScratch(dirname(folder), async (partial) => {
    await fill(partial);
    // A temporary folder is its owner's alone.
    await chmod(partial, 0o755);
    // Only what was damaged by hand, or an older version, is in the way.
    await rm(folder, { recursive: true, force: true });
    await rename(partial, folder);
  });
}

/** Deletes what killed runs left half-made in a folder. */
export async function removeAbandoned(parent: string): Promise<void> {
  await mkdir(parent, { recursive: true });
  for (const name of await readdir(parent)) {
    if (!name.startsWith(partialPrefix)) continue;
    const [pid] = name.slice(partialPrefix.length).split("-");
    if (existsSync(`/proc/${pid}`)) continue;
    // A killed run's mmdebstrap may still write for a moment, until it finds its folder gone.
    await rm(join(parent, name), { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  }
}

/** SHA-256 of a file, in hexadecimal, whatever its size. */
export async function sha256Of(file: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(file, { highWaterMark: 1 << 20 }), hash);
  return hash.digest("hex");
}
