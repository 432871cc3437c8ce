import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { UserError } from "../../model/user-error";
import { type Report, run } from "../command";
import { fetchedLayer } from "./files";
import type { Blob } from "./layer";

export const nodeVersion = "22.23.3";

/** Node's own builds as npm packages, by `process.arch`, with the hash that npm's registry gives for each. */
const integrity: Record<string, string> = {
  x64: "sha512-qHnz5tFsHoj/WM+uRENVjWONi5hVvmwrgq8A4V76KpuVNAc4+jwK8x4gwbobE9BtHNg/AKR2583eYorLF/c7ng==",
  arm64: "sha512-l3DAHZreylo+p9QXDtsOrjG2JXJqVzYXnAGmIQNOUNARcMppTO2cmewVQP+36tjJnSE+dzpMNtgW+c3oiDvXtA==",
};

/**
 * The layer with Node alone, at the place that the official image has it.
 * @throws {UserError} when this processor has no build of Node, or what npm delivered is not what is pinned
 */
export function nodeLayer(report: Report): Promise<Blob> {
  const expected = integrity[process.arch];
  if (!expected) {
    throw new UserError(
      `no Node ${nodeVersion} is pinned for the processor ${process.arch}`,
      `add it in embedded/images/node.ts; known: ${Object.keys(integrity).join(", ")}`,
    );
  }
  return fetchedLayer("node", { nodeVersion, expected }, async (scratch) => {
    const name = `node-linux-${process.arch}`;
    report(`fetching ${name} ${nodeVersion}`);
    await run("npm", ["pack", `${name}@${nodeVersion}`, "--pack-destination", scratch], { log: "images" });
    const archive = join(scratch, `${name}-${nodeVersion}.tgz`);
    const found = `sha512-${createHash("sha512")
      .update(await readFile(archive))
      .digest("base64")}`;
    if (found !== expected) {
      throw new UserError(
        `npm delivered another ${name} ${nodeVersion} than the pinned one: ${found}`,
        "look at the npm registry that is configured here (npm config get registry)",
      );
    }
    const member = "package/bin/node";
    await run("tar", ["--extract", `--file=${archive}`, `--directory=${scratch}`, member], { log: "images" });
    return { "usr/local/bin/node": join(scratch, member) };
  });
}
