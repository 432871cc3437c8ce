import { join } from "node:path";
import { writePrivately } from "../files";
import { configDir, containerdDir, containerdSocket, containerdState, runcState } from "../layout";
import { cniNetworksDir, cniPluginsDir, writePodNetwork } from "../network/cni";

/** The image that holds a pod's namespaces; `embedded/images` brings a stand-in of it. */
const PAUSE_IMAGE = "registry.k8s.io/pause:3.10";

/** containerd's configuration file. It notices by itself when the network becomes another. */
export const containerdConfig = join(configDir, "containerd.toml");

/** Writes containerd's configuration: nothing in /etc, /opt or /var/lib is read or written. */
export function writeContainerdConfig(): void {
  writePodNetwork();
  writePrivately(containerdConfig, containerdToml);
}

// restrict_oom_score_adj: a root without CAP_SYS_RESOURCE may not lower it, and no sandbox would start.
const containerdToml = `version = 2
root = "${containerdDir}"
state = "${containerdState}"
disabled_plugins = [
  "io.containerd.internal.v1.opt",
  "io.containerd.snapshotter.v1.aufs",
  "io.containerd.snapshotter.v1.btrfs",
  "io.containerd.snapshotter.v1.devmapper",
  "io.containerd.snapshotter.v1.zfs",
  "io.containerd.tracing.processor.v1.otlp",
]

[grpc]
  address = "${containerdSocket}"

[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "${PAUSE_IMAGE}"
  restrict_oom_score_adj = true
  netns_mounts_under_state_dir = true
  stream_server_address = "127.0.0.1"

[plugins."io.containerd.grpc.v1.cri".cni]
  bin_dir = "${cniPluginsDir}"
  conf_dir = "${cniNetworksDir}"

[plugins."io.containerd.grpc.v1.cri".containerd]
  snapshotter = "overlayfs"

[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
  runtime_type = "io.containerd.runc.v2"

[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
  Root = "${runcState}"
`;
