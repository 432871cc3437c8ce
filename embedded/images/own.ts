import { dirname, join } from "node:path";
import { UserError } from "../../model/user-error";
import { inScratch } from "../cache";
import { CommandFailure, type Report, run } from "../command";
import { imagesDir } from "../paths";
import { ensurePackages } from "../toolchain/debian";
import { renameArchive } from "./archive";
import { importArchive } from "./containerd";

/** Where a team's image comes from: a file that `docker save` or its like wrote, or a Dockerfile in the folder that it copies from. */
export type ImageSource = { archive: string } | { dockerfile: string };

/**
 * Brings a team's image into the running containerd, in the place of what it has under that name.
 * @throws {UserError} when the archive is none, or the Dockerfile cannot be built on this machine
 */
export function importOwn(source: ImageSource, ref: string, report: Report): Promise<void> {
  return inScratch(imagesDir, async (scratch) => {
    const archive = join(scratch, "image.tar");
    if ("archive" in source) await renameArchive(source.archive, archive, ref);
    else await build(source.dockerfile, ref, archive, scratch, report);
    report(`imported ${await importArchive(archive, ref)}`);
  });
}

/** By buildah: it takes no daemon, and leaves nothing behind. */
async function build(dockerfile: string, ref: string, archive: string, scratch: string, report: Report) {
  await ensurePackages(report, [{ has: "buildah", package: "buildah" }]);
  const storage = [
    ...["--root", join(scratch, "storage")],
    ...["--runroot", join(scratch, "run"), "--storage-driver", "vfs"],
  ];
  const buildah = (...args: string[]) => run("buildah", [...storage, ...args], { log: "images", report });
  try {
    // Without namespaces, which a machine that is a container may not make.
    const file = ["--isolation", "chroot", "--file", dockerfile, "--tag", ref];
    await buildah("build", ...file, dirname(dockerfile));
    await buildah("push", ref, `docker-archive:${archive}:${ref}`);
  } catch (error) {
    if (!(error instanceof CommandFailure)) throw error;
    throw new UserError(
      `${dockerfile} cannot be built here:\n${error.message}`,
      "where the registry of what it is FROM cannot be reached, build it elsewhere, bring the file that docker save " +
        "writes, and run: make image IMAGE=… ARCHIVE=FILE",
    );
  }
}
