import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { type Report, run } from "../command";
import { cachedLayer } from "./cache";
import type { Blob } from "./layer";

/** What a layer is made of. */
export interface DebianContents {
  suite: string;
  packages: string[];
  /** Paths that are left out; a `*` stands for one folder. */
  excluded: string[];
}

/** Of the one layer under every stand-in. */
const { suite, packages, excluded }: DebianContents = parse(
  readFileSync(join(import.meta.dirname, "base.yaml"), "utf8"),
);

/** The links that Debian's maintainer scripts would make: a merged /usr, and /var/run in /run. */
const links = [
  'cd "$1"',
  "for name in bin sbin lib lib64; do mkdir -p usr/$name && ln -s usr/$name $name; done",
  "mkdir -p run/lock var && ln -s ../run var/run && ln -s ../run/lock var/lock",
].join("\n");

/** The same packages give the same bytes, and a `*` among the excluded stands for one folder. */
const tarOptions = ["--sort=name", "--mtime=@0", "--numeric-owner", "--no-wildcards-match-slash"];

/** @throws {CommandFailure} when the package mirror is unavailable */
export const baseLayer = (report: Report): Promise<Blob> =>
  debianLayer("debian", { suite, packages, excluded }, report);

/**
 * Unpacks Debian's packages into a layer. No maintainer script runs: they would create clusters, start daemons and take
 * many times as long; what the programs need of it (accounts, folders) is in the stand-ins' own layers. Nothing is mounted
 * on the way, so a killed run leaves only files.
 * @param finish what is done to the unpacked files, made from `further`
 * @throws {CommandFailure} when the package mirror is unavailable
 */
export function debianLayer(
  name: string,
  { suite, packages, excluded }: DebianContents,
  report: Report,
  { further, finish }: { further?: unknown; finish?: (root: string) => Promise<void> } = {},
): Promise<Blob> {
  const inputs = { suite, packages, excluded, links, tarOptions, further };
  return cachedLayer(name, inputs, async (file, scratch) => {
    report(`unpacking ${packages.length} Debian packages and what they depend on`);
    const root = join(scratch, "root");
    const steps: Report = (line) => {
      // What mmdebstrap does now; its hooks and warnings are in the log.
      const step = /^I: (.*)\.\.\.$/.exec(line)?.[1];
      if (step) report(step);
    };
    await run(
      "mmdebstrap",
      [
        "--mode=root",
        "--variant=extract",
        `--include=${packages.join(",")}`,
        `--setup-hook=${links}`,
        suite,
        root,
      ],
      { log: "images", env: { TMPDIR: scratch }, report: steps },
    );
    await finish?.(root);
    await run(
      "tar",
      [
        "--create",
        `--file=${file}`,
        `--directory=${root}`,
        ...tarOptions,
        ...excluded.map((path) => `--exclude=./${path}`),
        ".",
      ],
      { log: "images" },
    );
  });
}
