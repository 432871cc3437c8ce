import { join } from "node:path";
import { clusterDir, logsDir, runDir } from "../paths";

/** Name of the cluster, of its firewall table and of its CNI network. */
export const clusterName = "microservice-platform";

/** Name of the only node that runs containers. */
export const nodeName = "platform";

/** Names of the nodes that are simulated, where they are. */
export const simulatedNodes = ["simulated-a", "simulated-b", "simulated-c"];

/** Certificates and keys; readable by root alone. */
export const pkiDir = join(clusterDir, "pki");

/** Configuration files of the daemons, written anew at every start. */
export const configDir = join(clusterDir, "config");

/** The API server's database. */
export const etcdDir = join(clusterDir, "etcd");

/** Images, snapshots and containers. */
export const containerdDir = join(clusterDir, "containerd");

/** Pods: their volumes, tokens and termination messages. */
export const kubeletDir = join(clusterDir, "kubelet");

/** One folder a PersistentVolume. */
export const volumesDir = join(clusterDir, "volumes");

/** What containers print. */
export const podLogsDir = join(logsDir, "pods");

/** Where containerd listens. */
export const containerdSocket = join(runDir, "containerd.sock");

/** Running containers: mounts, network namespaces, pipes. */
export const containerdState = join(runDir, "containerd");

/** runc's notes about running containers. */
export const runcState = join(runDir, "runc");

/** Which pod has which address. */
export const addressesDir = join(runDir, "addresses");

/** One record a running daemon. */
export const daemonsDir = join(runDir, "daemons");

/** Kernel settings as they were before the first start. */
export const sysctlsFile = join(runDir, "sysctls.json");

/** Which cluster, and which start of the machine, the files in {@link runDir} belong to. */
export const claimFile = join(runDir, "claim.json");

/** Which driver made the cluster: `node` or `kind`. */
export const driverFile = join(clusterDir, "driver");

/** What the cluster has beyond what every one has; see {@link import("./extras").Extras}. */
export const extrasFile = join(clusterDir, "extras.json");
