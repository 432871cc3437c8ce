import { readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { type Report, run } from "../../embedded/command";
import { fetchedLayer } from "../../embedded/images/files";
import type { Blob } from "../../embedded/images/layer";

/** Its go.mod and go.sum pin each module. */
const folder = join(import.meta.dirname, "go");

/** The same on every machine, whatever the user's own settings; an empty value is the default. */
const env = { CGO_ENABLED: "0", GOOS: "", GOARCH: "", GOWORK: "off" };
const flags = [
  "-mod=readonly",
  "-trimpath",
  "-buildvcs=false",
  "-gcflags=all=-dwarf=false",
  "-ldflags=-s -w",
];

/**
 * A layer with programs of Go's module proxy, each one file that needs no other.
 * @param programs their packages, by their paths in the image
 * @throws {CommandFailure} when the proxy is unavailable, or serves another module than the pinned one
 */
export function goLayer(name: string, programs: Record<string, string>, report: Report): Promise<Blob> {
  const pins = readFileSync(join(folder, "go.sum"), "utf8");
  return fetchedLayer(
    `foreign-${name}`,
    { programs, flags, pins, machine: process.arch },
    async (scratch) => {
      const built: Record<string, string> = {};
      for (const [path, source] of Object.entries(programs)) {
        report(`building ${source}`);
        const program = join(scratch, basename(path));
        await run("go", ["build", ...flags, "-o", program, source], { log: "images", cwd: folder, env });
        built[path] = program;
      }
      return built;
    },
  );
}
