import { join } from "node:path";
import { UserError } from "../../model/user-error";
import { inScratch } from "../cache";
import { type Report, run } from "../command";
import { imagesDir, runDir } from "../paths";
import { importedAmong } from "./made-here";
import { blobsOf, digestName, type Image, namesOf, writeArchive } from "./oci";

/** Brings into the running containerd what it lacks of the images. Layers that it has are not sent again. */
export async function importImages(images: readonly Image[], report: Report): Promise<void> {
  const complete = await importedDigests();
  const missing = images.filter((image) =>
    namesOf(image).some((name) => complete.get(name) !== image.manifest.digest),
  );
  if (missing.length === 0) return;

  const has = new Set((await ctr("content", "ls", "--quiet")).split("\n"));
  const bytes = blobsOf(missing, has).reduce((sum, { size }) => sum + size, 0);
  report(`importing ${missing.length} images, ${Math.ceil(bytes / 1e6)} MB`);
  await inScratch(imagesDir, async (scratch) => {
    const archive = join(scratch, "images.tar");
    await writeArchive(archive, missing, has);
    await ctr("images", "import", archive);
  });
}

/**
 * Imports an archive of the one image `ref`, which is then known by its digest too.
 * @returns its digest
 * @throws {UserError} when the image is for other processors than this machine's
 */
export async function importArchive(archive: string, ref: string): Promise<string> {
  await ctr("images", "import", archive);
  const digest = (await importedDigests()).get(ref);
  if (digest === undefined) {
    throw new UserError(
      `${ref} has nothing for a processor of ${process.arch}`,
      "build it for this one, too",
    );
  }
  await ctr("images", "tag", "--force", ref, digestName(ref, digest));
  return digest;
}

/** The digest of every image that containerd has, by its name with a tag. */
export async function importedDigests(): Promise<Map<string, string>> {
  return completeImages(await ctr("images", "check"));
}

/** Reads `ctr images check`: the digest of every image whose content is all there and unpacked, by name. */
export function completeImages(table: string): Map<string, string> {
  return digestsOf(rowsOf(table).filter((row) => row[3] === "complete" && row.at(-1) === "true"));
}

/** Those of the names under which there is an image that was not made here: it stays. */
export async function importedByOthers(names: readonly string[]): Promise<string[]> {
  // Of an image for several processors one is there, and the others are not: that is no reason to lose it.
  const digests = digestsOf(rowsOf(await ctr("images", "check")));
  const has = new Set((await ctr("content", "ls", "--quiet")).split("\n"));
  return importedAmong(names, digests, async (digest) =>
    has.has(digest) ? JSON.parse(await ctr("content", "get", digest)) : undefined,
  );
}

/** REF TYPE DIGEST STATUS SIZE UNPACKED, where STATUS is `complete (4/4)` and SIZE `1.2 MiB/1.2 MiB`. */
const rowsOf = (table: string): string[][] => table.split("\n").map((line) => line.trim().split(/\s+/));

const digestsOf = (rows: readonly string[][]): Map<string, string> =>
  new Map(rows.map(([ref = "", , digest = ""]) => [ref, digest]));

function ctr(...args: string[]): Promise<string> {
  const socket = join(runDir, "containerd.sock");
  return run("ctr", ["--address", socket, "--namespace", "k8s.io", ...args], { log: "images" });
}
