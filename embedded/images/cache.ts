import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { inScratch, sha256Of, store } from "../cache";
import { imagesDir } from "../paths";
import type { Blob } from "./layer";

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
    await store(folder, async (made) => {
      const file = join(made, "layer.tar");
      await inScratch(imagesDir, (scratch) => build(file, scratch));
      const digest = `sha256:${await sha256Of(file)}`;
      await writeFile(join(made, "blob.json"), JSON.stringify({ digest, size: (await stat(file)).size }));
    });
  }
  const { digest, size } = JSON.parse(await readFile(join(folder, "blob.json"), "utf8"));
  return { digest, size, source: { file: join(folder, "layer.tar") } };
}

/** Short name for everything that decides what is built. */
function keyOf(inputs: unknown): string {
  return createHash("sha256").update(JSON.stringify(inputs)).digest("hex").slice(0, 16);
}
