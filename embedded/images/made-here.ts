/**
 * Label of every image of the reference service that is made here. An image under the name of a service that lacks it was
 * imported by hand, and is the service's own.
 */
export const MADE_HERE = "platform.embedded/made-here";

/** Date of those that were made before they had a label; no other builder writes the milliseconds. */
const BEFORE_LABELS = new Date(0).toISOString();

/** A manifest or a configuration of an image, as far as it is looked at (OCI image specification). */
export interface Content {
  created?: string;
  config?: { digest?: string; Labels?: object | null };
}

export const isMadeHere = ({ created, config }: Content): boolean =>
  MADE_HERE in (config?.Labels ?? {}) || created === BEFORE_LABELS;

/**
 * Those of the names under which there is an image that was imported by hand.
 * @param digests of the images that there are, by name
 * @param read the JSON of a digest; undefined where its content is not there, and nothing could be lost
 */
export async function importedAmong(
  names: readonly string[],
  digests: ReadonlyMap<string, string>,
  read: (digest: string) => Promise<Content | undefined>,
): Promise<string[]> {
  const imported = await Promise.all(
    names.map(async (name) => {
      const digest = digests.get(name);
      const manifest = digest === undefined ? undefined : await read(digest);
      const own = manifest?.config?.digest;
      // An index, of images for several processors, has no configuration of its own: none is made here.
      return manifest !== undefined && !isMadeHere((own && (await read(own))) || {});
    }),
  );
  return names.filter((_, index) => imported[index]);
}

/** What is said of them. */
export const leftAlone = (names: readonly string[]): string =>
  `left alone, as ${names.length > 1 ? "they were" : "it was"} imported by hand: ${names.join(", ")}`;
