import { homedir } from "node:os";
import { join } from "node:path";

/**
 * Where the embedded default keeps its files. Everything that outlives `make down` is under {@link cacheDir};
 * {@link runDir} holds sockets and pid files only and is gone after `make down` or a restart of the machine.
 */
export const cacheDir = join(
  process.env.XDG_CACHE_HOME || join(homedir(), ".cache"),
  "microservice-platform",
);

/** What was downloaded or built, one folder a tool and version; shared by every checkout on the machine. */
export const toolsDir = join(cacheDir, "tools");

/** Image archives by the hash of what went into them. */
export const imagesDir = join(cacheDir, "images");

/** The cluster's memory: keys, etcd, containerd, kubelet and the volumes. `make purge` deletes it. */
export const clusterDir = join(cacheDir, "cluster");

/** Admin credentials of the embedded cluster; never merged into the user's own kubeconfig. */
export const kubeconfig = join(clusterDir, "kubeconfig");

/** PULUMI_HOME, the file backend and the passphrase of the embedded stacks; belongs to the cluster's life. */
export const pulumiDir = join(clusterDir, "pulumi");

/** PULUMI_HOME: the plugins of the embedded stacks, apart from the user's own. */
export const pulumiHome = join(pulumiDir, "home");

/** The file backend with the state of the embedded stacks. */
export const stateDir = join(pulumiDir, "state");

/** Encrypts the secrets in {@link stateDir}; made once a machine. */
export const passphraseFile = join(cacheDir, "passphrase");

/** One log file a command or daemon. */
export const logsDir = join(cacheDir, "logs");

/** Sockets, pid files and the lock. Short, because a socket's path may not be longer than 107 bytes. */
export const runDir = "/run/microservice-platform";
