import { join } from "node:path";
import { type Report, run } from "../command";
import { cachedLayer } from "./cache";
import type { Blob } from "./layer";

const suite = "bookworm";

/** What the stand-ins run, and the tools that the official Alpine images have from busybox. */
const packages = [
  "base-files",
  "busybox",
  "catatonit",
  "libc-bin",
  "libstdc++6",
  "netcat-openbsd",
  "nginx",
  "postgresql-15",
  "prometheus-alertmanager",
  "prometheus-postgres-exporter",
  "prometheus-redis-exporter",
  "rabbitmq-server",
  "redis-server",
  "tzdata",
  "util-linux",
];

/** What no stand-in reads: two thirds of those packages and their dependencies. */
const excluded = [
  "dev/*",
  "usr/include",
  "usr/lib/*/perl*",
  "usr/lib/python3*",
  "usr/lib/systemd",
  "usr/lib/udev",
  "usr/lib/valgrind",
  "usr/bin/perl*",
  "usr/bin/python3*",
  "usr/lib/*/libperl*",
  // LLVM and Z3, a quarter of it all, serve PostgreSQL's just-in-time compiler; it does without.
  "usr/lib/*/libLLVM*",
  "usr/lib/*/libz3*",
  "usr/lib/postgresql/15/lib/bitcode",
  "usr/lib/postgresql/15/lib/llvmjit*",
  "usr/lib/postgresql/15/lib/pgxs",
  "usr/share/bash-completion",
  "usr/share/bug",
  "usr/share/doc",
  "usr/share/i18n",
  "usr/share/info",
  "usr/share/lintian",
  "usr/share/locale",
  "usr/share/man",
  "usr/share/perl*",
  "usr/share/postgresql-common",
  "usr/share/python3*",
  "usr/share/zsh",
  "var/cache/*",
  // The state of apt and the names of the machine that unpacked them say nothing about the image.
  "etc/apt",
  "etc/hostname",
  "etc/resolv.conf",
  "var/lib/apt",
  "var/lib/dpkg",
  "var/lib/nginx",
];

/** The links that Debian's maintainer scripts would make: a merged /usr, and /var/run in /run. */
const links = [
  'cd "$1"',
  "for name in bin sbin lib lib64; do mkdir -p usr/$name && ln -s usr/$name $name; done",
  "mkdir -p run/lock var && ln -s ../run var/run && ln -s ../run/lock var/lock",
].join("\n");

/** The same packages give the same bytes, and a `*` among the excluded stands for one folder. */
const tarOptions = ["--sort=name", "--mtime=@0", "--numeric-owner", "--no-wildcards-match-slash"];

/**
 * Unpacks Debian's packages into the one layer under every stand-in. No maintainer script runs: they would
 * create clusters, start daemons and take many times as long; what the programs need of it (accounts, folders)
 * is in the stand-ins' own layers. Nothing is mounted on the way, so a killed run leaves only files.
 * @throws {CommandFailure} when the package mirror is away
 */
export function baseLayer(report: Report): Promise<Blob> {
  return cachedLayer("debian", { suite, packages, excluded, links, tarOptions }, async (file, scratch) => {
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
