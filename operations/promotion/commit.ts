import { readFileSync } from "node:fs";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { fileOf, projectDir } from "../../stacks/stack-file";
import { UserError } from "../errors";
import { output } from "../stack/command";
import { normalizedStackFile } from "../stack/stack-file";

/** What is checked out, and what of it is not committed. */
export interface Checkout {
  /** 40 hexadecimal digits. */
  commit: string;
  /** Paths that differ from the commit. */
  changed: string[];
}

/**
 * Asks git. The salt that Pulumi adds to a stack's file is no change; nor are the digests in the file that a
 * promotion writes, so that it can be run again.
 * @param promotedTo the stack whose digests may differ
 * @throws {UserError} when this is no git checkout
 */
export async function readCheckout(promotedTo?: string, folder = projectDir): Promise<Checkout> {
  const git = (...args: string[]) => output("git", args, { cwd: folder });
  const commit = await git("rev-parse", "--verify", "HEAD").catch(() => {
    throw new UserError(
      "this is not a git checkout with a commit in it",
      "a promotion names the commit that was verified: run it in a clone",
    );
  });
  const status = await git("status", "--porcelain=v1", "-z", "--no-renames");
  const paths = status.split("\0").flatMap((entry) => (entry ? [entry.slice(3)] : []));
  const changed: string[] = [];
  for (const path of paths) {
    const stack = /^Pulumi\.(.+)\.yaml$/.exec(path)?.[1];
    if (!stack || !(await sameStack(stack))) changed.push(path);
  }
  return { commit: commit.trim(), changed };

  async function sameStack(stack: string): Promise<boolean> {
    const digests = stack !== promotedTo;
    try {
      const committed = await git("show", `HEAD:./${fileOf(stack)}`);
      const present = readFileSync(join(folder, fileOf(stack)), "utf8");
      return isDeepStrictEqual(
        normalizedStackFile(committed, { digests }),
        normalizedStackFile(present, { digests }),
      );
    } catch {
      // Added or deleted.
      return false;
    }
  }
}
