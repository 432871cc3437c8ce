import { readFileSync } from "node:fs";
import { UserError } from "../errors";
import { readPreview } from "./preview";
import { type Review, reviewOf } from "./review";

export { commentOf } from "./comment";

/**
 * Reads previews and says what a reviewer has to know of each.
 * @param sources `<stack>=<file>`, or a file named after its stack: `dev.json`
 * @throws {UserError} when a file is missing or is no preview
 */
export function reviewFiles(sources: readonly string[]): Review[] {
  return sources.map((source) => {
    const [, stack = "", file = source] = /^([\w-]+)=(.+)$/.exec(source) ?? [];
    return reviewOf(readPreview(stack || nameOf(file), textOf(file)));
  });
}

function nameOf(file: string): string {
  return file.replace(/^.*\//, "").replace(/\.json$/, "");
}

function textOf(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw new UserError(
      `${file} cannot be read: ${(error as NodeJS.ErrnoException).code}`,
      "write it with: pulumi preview --stack <stack> --json --show-sames ><stack>.json",
    );
  }
}
