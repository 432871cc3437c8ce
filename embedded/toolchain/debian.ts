import { UserError } from "../../model/user-error";
import { CommandFailure, isInstalled, type Report, run } from "../command";

/** Something the node needs from its distribution: where it is looked for, and who brings it. */
export interface Need {
  /** A command, or the absolute path of a file. */
  has: string;
  /** Debian's name of the package. */
  package: string;
}

const needs: Need[] = [
  { has: "etcd", package: "etcd-server" },
  { has: "containerd", package: "containerd" },
  { has: "runc", package: "runc" },
  { has: "/usr/lib/cni/bridge", package: "containernetworking-plugins" },
  { has: "nft", package: "nftables" },
  { has: "ip", package: "iproute2" },
  { has: "modprobe", package: "kmod" },
  { has: "mount", package: "mount" },
  { has: "socat", package: "socat" },
  { has: "pip3", package: "python3-pip" },
  { has: "mmdebstrap", package: "mmdebstrap" },
];

/** Keeps the services of new packages from being started now: the cluster runs its own. */
const startNothing = { RUNLEVEL: "1", SYSTEMD_OFFLINE: "1" };

/**
 * Installs those of Debian's packages whose commands are missing. What another package has brought is left as
 * it is, and none is removed for it.
 * @throws {UserError} when they cannot be installed, or this is no Debian
 */
export async function ensurePackages(report: Report, needed: readonly Need[] = needs): Promise<void> {
  const missing = needed.filter(({ has }) => !isInstalled(has));
  if (missing.length === 0) return;
  const packages = missing.map((need) => need.package);
  if (!isInstalled("apt-get")) {
    throw new UserError(
      `this machine lacks ${missing.map(({ has }) => has).join(", ")}, and has no apt-get to install them`,
      `install what Debian has in its packages ${packages.join(", ")}, then run make up again`,
    );
  }
  report(`Debian: looking for ${packages.join(", ")}`);
  try {
    // The lists of a fresh machine are old or empty.
    await apt(["update"]);
    const fresh: string[] = [];
    await apt(["install", "--yes", "--no-install-recommends", "--no-remove", ...packages], (line) => {
      const name = /^Setting up (\S+)/.exec(line)?.[1];
      if (name) report(`Debian: installing ${name}`);
      fresh.push(...(/^Selecting previously unselected package (\S+?)\.?$/.exec(line)?.slice(1) ?? []));
    });
    if (fresh.length > 0) await disableServices(fresh);
  } catch (error) {
    if (!(error instanceof CommandFailure)) throw error;
    throw new UserError(
      `Debian's packages ${packages.join(", ")} cannot be installed:\n${error.message}`,
      "check the network and /etc/apt, or install them in your own way, then run make up again",
    );
  }
  report(`installed ${packages.length} Debian packages`);
}

/** Nor are they to be started with the machine. What was there before stays as it is. */
async function disableServices(packages: string[]): Promise<void> {
  const files = (await run("dpkg", ["--listfiles", ...packages], { log: "debian" })).split("\n");
  const units = files.flatMap(
    (file) => /\/systemd\/system\/([^/@]+\.(?:service|socket|timer))$/.exec(file)?.[1] ?? [],
  );
  const scripts = files.flatMap((file) => /^\/etc\/init\.d\/([^/]+)$/.exec(file)?.[1] ?? []);
  // Debian's own helper, which needs no systemd to run, and asks who calls; another init system has the scripts.
  const env = { DPKG_MAINTSCRIPT_PACKAGE: packages[0] };
  if (units.length > 0) await run("deb-systemd-helper", ["disable", ...units], { log: "debian", env });
  for (const script of scripts) await run("update-rc.d", [script, "disable"], { log: "debian" });
}

function apt(args: string[], report?: Report): Promise<string> {
  // Waits for another apt-get, such as one that upgrades by itself.
  return run("apt-get", ["--option", "DPkg::Lock::Timeout=120", ...args], {
    log: "debian",
    env: { DEBIAN_FRONTEND: "noninteractive", LC_ALL: "C", ...startNothing },
    report,
  });
}
