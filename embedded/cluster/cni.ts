import { existsSync, mkdirSync, readdirSync, readlinkSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import type { Toolchain } from "../toolchain";
import { bridge, nodeAddress, podRange } from "./addresses";
import type { Extras } from "./extras";
import { addressesDir, clusterName, cniAgentDir, configDir } from "./layout";

/** Where Debian's containernetworking-plugins puts the plugins. */
const DEBIAN_PLUGINS = "/usr/lib/cni";

/** Links to every plugin, as the container runtime takes them from one folder alone. */
export const cniPluginsDir = join(configDir, "cni-plugins");

/** The CNI network: every pod on the bridge, the node as its gateway, no masquerade; in a mesh, through its sidecar. */
export const podNetwork = ({ mesh }: Pick<Extras, "mesh">) => ({
  cniVersion: "1.0.0",
  name: clusterName,
  plugins: [
    {
      type: "bridge",
      bridge,
      isGateway: true,
      isDefaultGateway: true,
      ipMasq: false,
      hairpinMode: true,
      ipam: {
        type: "host-local",
        dataDir: addressesDir,
        ranges: [[{ subnet: podRange, rangeStart: "10.244.0.10", gateway: nodeAddress }]],
      },
    },
    ...(mesh ? [sidecarRedirection] : []),
  ],
});

/** Leads what injected pods send and get to their sidecars, so that no container of theirs needs rights for it. */
const sidecarRedirection = {
  type: "istio-cni",
  plugin_log_level: "default:warn",
  cni_agent_run_dir: cniAgentDir,
  exclude_namespaces: ["kube-system", "istio-system"],
  native_nftables: true,
};

/** Links the plugins of Debian, and of the mesh, into {@link cniPluginsDir}. */
export function linkCniPlugins(tools: Toolchain, { mesh }: Pick<Extras, "mesh">): void {
  mkdirSync(cniPluginsDir, { recursive: true });
  for (const name of readdirSync(DEBIAN_PLUGINS)) link(name, join(DEBIAN_PLUGINS, name));
  if (mesh) link("istio-cni", tools.path("istio-cni"));
}

function link(name: string, target: string): void {
  const path = join(cniPluginsDir, name);
  if (existsSync(path) && readlinkSync(path) === target) return;
  rmSync(path, { force: true });
  symlinkSync(target, path);
}
