import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join, relative } from "node:path";
import { type Blob, blobOf, type LayerEntry, tarOf } from "./layer";
import type { Account, StandIn } from "./standins";

const filesDir = join(import.meta.dirname, "standins");

/** Commands that busybox gives the official Alpine images and that Debian has in packages not unpacked here. */
const applets = `
  [ ash awk base64 basename cat chgrp chmod chown clear cmp cp cut date dd df diff dirname du echo egrep env expr false
  fgrep find fold grep gunzip gzip head hexdump hostname id ifconfig ln logger ls md5sum mkdir mkfifo mktemp mv
  netstat nproc nslookup od paste ping printf pwd readlink realpath rm rmdir route sed seq sh sha1sum sha256sum
  sha512sum sleep sort stat stty sync tail tee telnet test time timeout touch tr traceroute true truncate tty
  uname uniq unlink unzip usleep vi wc wget which whoami xargs xxd yes zcat
`
  .trim()
  .split(/\s+/);

/** The layer that turns the Debian one into the stand-in `name`: its files, folders and account. */
export async function standInLayer(name: string, { account, entries = [] }: StandIn): Promise<Blob> {
  return blobOf(
    await tarOf([...filesOf("all"), ...tools(), ...accountFiles(account), ...entries, ...filesOf(name)]),
  );
}

/** /etc/passwd and /etc/group with root, the unprivileged user of Linux, and the account. */
export function accountFiles(account?: Account): LayerEntry[] {
  const accounts = [
    { name: "root", uid: 0, gid: 0, home: "/root" },
    { name: "nobody", uid: 65534, gid: 65534, home: "/nonexistent" },
    ...(account ? [account] : []),
  ];
  const passwd = accounts.map(({ name, uid, gid, home }) => `${name}:x:${uid}:${gid}::${home}:/bin/sh\n`);
  const group = accounts.map(({ name, gid }) => `${name}:x:${gid}:\n`);
  return [
    { kind: "file", path: "etc/passwd", content: passwd.join("") },
    { kind: "file", path: "etc/group", content: group.join("") },
  ];
}

function tools(): LayerEntry[] {
  return [
    ...applets.map((name) => ({ kind: "link" as const, path: `usr/bin/${name}`, target: "busybox" })),
    { kind: "link", path: "usr/bin/nc", target: "nc.openbsd" },
  ];
}

/** The files under `standins/<name>`, if any, at their place in the image, executable if they are here. */
function filesOf(name: string): LayerEntry[] {
  const root = join(filesDir, name);
  if (!existsSync(root)) return [];
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((found) => found.isFile())
    .map((found) => join(found.parentPath, found.name))
    .map((file) => ({
      kind: "file",
      path: relative(root, file),
      content: readFileSync(file),
      mode: statSync(file).mode & 0o100 ? 0o755 : 0o644,
    }));
}
