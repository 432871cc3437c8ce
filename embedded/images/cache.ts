import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { imagesDir } from "../paths";
import { type Blob, blobOfFile } from "./layer";

const scratchPrefix = "partial-";

/**
 * Returns the layer made from `inputs`, building it when the cache lacks it. What `build` writes to `file`
 * appears in the cache complete or not at all; `scratch` is a folder of its own that is deleted afterwards.
 */
export async function cachedLayer(
  name: string,
  inputs: unknown,
  build: (file: string, scratch: string) => Promise<void>,
): Promise<Blob> {
  const folder = join(imagesDir, `${name}-${keyOf(inputs)}`);
  if (!existsSync(folder)) {
    await inScratch(async (scratch) => {
      const made = join(scratch, "made");
      await mkdir(made);
      await build(join(made, "layer.tar"), scratch);
      const { digest, size } = await blobOfFile(join(made, "layer.tar"));
      await writeFile(join(made, "blob.json"), JSON.stringify({ digest, size }));
      await rename(made, folder).catch((error) => {
        // Another checkout on this machine may have been faster.
        if (!existsSync(folder)) throw error;
      });
    });
  }
  const { digest, size } = JSON.parse(await readFile(join(folder, "blob.json"), "utf8"));
  return { digest, size, source: { file: join(folder, "layer.tar") } };
}

/** Runs `work` with an empty folder that is deleted when it ends, or by the next run when it is killed. */
export async function inScratch<T>(work: (scratch: string) => Promise<T>): Promise<T> {
  await mkdir(imagesDir, { recursive: true });
  const scratch = await mkdtemp(join(imagesDir, `${scratchPrefix}${process.pid}-`));
  try {
    return await work(scratch);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

/** Deletes what runs that were killed left in the cache. */
export async function removeAbandoned(): Promise<void> {
  await mkdir(imagesDir, { recursive: true });
  for (const name of await readdir(imagesDir)) {
    const pid = name.startsWith(scratchPrefix) && name.slice(scratchPrefix.length).split("-")[0];
    if (pid && !existsSync(`/proc/${pid}`)) {
      // A killed run's mmdebstrap may still write for a moment, until it finds its folder gone.
      await rm(join(imagesDir, name), { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
    }
  }
}

/** Short name for everything that decides what is built. */
function keyOf(inputs: unknown): string {
  return createHash("sha256").update(JSON.stringify(inputs)).digest("hex").slice(0, 16);
}
