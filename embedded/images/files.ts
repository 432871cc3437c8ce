import { readFile, writeFile } from "node:fs/promises";
import { cachedLayer } from "./cache";
import { type Blob, type LayerEntry, tarOf } from "./layer";

/** The layer with files of this machine, programs above all, by their paths in the image. */
export function filesLayer(name: string, files: Record<string, string>): Promise<Blob> {
  return cachedLayer(name, files, async (layer) => writeFile(layer, await tarOf(await entriesOf(files))));
}

/** The same as entries of a layer. */
export function entriesOf(files: Record<string, string>): Promise<LayerEntry[]> {
  const entry = async ([path, from]: [string, string]): Promise<LayerEntry> => {
    return { kind: "file", path, content: await readFile(from), mode: 0o755 };
  };
  return Promise.all(Object.entries(files).map(entry));
}
