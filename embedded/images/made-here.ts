/**
 * Label of every image of the reference service that is made here. An image under the name of a service that lacks it was
 * imported by somebody, and is the service's own.
 */
export const MADE_HERE = "platform.embedded/made-here";

/** What an image's configuration says, as far as it is looked at. */
export interface Configuration {
  created?: string;
  config?: { Labels?: Record<string, string> | null };
}

/** Date of each image that was made here before they had a label; no other builder writes the milliseconds. */
const BEFORE_LABELS = new Date(0).toISOString();

export const isMadeHere = ({ created, config }: Configuration): boolean =>
  config?.Labels?.[MADE_HERE] !== undefined || created === BEFORE_LABELS;

/**
 * Those of the names under which there is an image that somebody has imported.
 * @param digests of the images that there are, by name
 * @param read the JSON of a digest; undefined where its content is not there
 */
export async function importedAmong(
  names: readonly string[],
  digests: ReadonlyMap<string, string>,
  read: (digest: string) => Promise<unknown>,
): Promise<string[]> {
  const isImported = async (name: string): Promise<boolean> => {
    const digest = digests.get(name);
    const manifest = digest && ((await read(digest)) as { config?: { digest: string } } | undefined);
    // Without content there is nothing that could be lost.
    if (!manifest) return false;
    // An index, of images for several processors, has no configuration of its own.
    const configuration =
      manifest.config && ((await read(manifest.config.digest)) as Configuration | undefined);
    return !configuration || !isMadeHere(configuration);
  };
  const imported = await Promise.all(names.map(isImported));
  return names.filter((_, index) => imported[index]);
}

/** What is said of them. */
export const leftAlone = (names: readonly string[]): string =>
  `left alone, as somebody has imported ${names.length > 1 ? "them" : "it"}: ${names.join(", ")}`;
