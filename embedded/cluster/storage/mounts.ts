import { existsSync, readFileSync, realpathSync, rmSync } from "node:fs";
import { UserError } from "../../../model/user-error";

/** Where something is mounted below a folder; what was mounted last, and may lie on the others, comes first. */
export function mountsBelow(folder: string): string[] {
  if (!existsSync(folder)) return [];
  // The kernel names no mount by way of a link.
  const real = realpathSync(folder);
  return (
    readFileSync("/proc/self/mountinfo", "utf8")
      .split("\n")
      .flatMap((line) => line.split(" ")[4] ?? [])
      // The kernel writes a space as \040.
      .map((path) => path.replace(/\\(\d{3})/g, (_, octal) => String.fromCharCode(Number.parseInt(octal, 8))))
      .filter((path) => path.startsWith(`${real}/`))
      .reverse()
  );
}

/**
 * Deletes a folder with all that is in it.
 * @throws {UserError} when something is mounted below it, which would be emptied; nothing is deleted then
 */
export function removeTree(folder: string): void {
  const mounts = mountsBelow(folder);
  if (mounts.length > 0) throw stillMounted(mounts);
  rmSync(folder, { recursive: true, force: true });
}

/** Says what is mounted still, and how to go on. */
export function stillMounted(mounts: readonly string[]): UserError {
  return new UserError(
    `still mounted, so nothing around it was deleted: ${mounts.join(", ")}`,
    `run umount ${mounts.join(" ")}, then make down or make purge again`,
  );
}
