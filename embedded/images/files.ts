import { readFile, writeFile } from "node:fs/promises";
import { cachedLayer } from "./cache";
import { type Blob, type LayerEntry, tarOf } from "./layer";

/** Files of this machine, programs above all, by their paths in an image. */
type Files = Record<string, string>;

/** The layer with such files. */
export const filesLayer = (name: string, files: Files): Promise<Blob> =>
  fetchedLayer(name, files, async () => files);

/** The layer with files that are fetched into an empty folder, made from `inputs`, when the cache lacks it. */
export function fetchedLayer(
  name: string,
  inputs: unknown,
  fetchInto: (scratch: string) => Promise<Files>,
): Promise<Blob> {
  return cachedLayer(name, inputs, async (layer, scratch) =>
    writeFile(layer, await tarOf(await entriesOf(await fetchInto(scratch)))),
  );
}

function entriesOf(files: Files): Promise<LayerEntry[]> {
  const entry = async ([path, from]: [string, string]): Promise<LayerEntry> => {
    return { kind: "file", path, content: await readFile(from), mode: 0o755 };
  };
  return Promise.all(Object.entries(files).map(entry));
}
