import {
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { readJson, writePrivately } from "../files";
import { addressesDir, clusterName, configDir } from "../layout";
import { bridge, nodeAddress, podRange } from "./addresses";

/** Where Debian's containernetworking-plugins puts the plugins. */
const DEBIAN_PLUGINS = "/usr/lib/cni";

/** The plugin that Istio's DaemonSet adds, as a program and in the network. */
const ISTIO_PLUGIN = "istio-cni";

/** Every plugin, as the container runtime takes them from one folder alone. */
export const cniPluginsDir = join(configDir, "cni-plugins");

/** The networks; there is one. */
export const cniNetworksDir = join(configDir, "cni");
const networkFile = join(cniNetworksDir, "10-bridge.conflist");

interface Network {
  plugins: { type: string }[];
  [field: string]: unknown;
}

/** The CNI network: every pod on the bridge, the node as its gateway, no masquerade. */
export const podNetwork: Network = {
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
    } as { type: string },
  ],
};

/** The same with what Istio has added to the one that is in use. Pure. */
export function withIstio(network: Network, inUse: Network | undefined): Network {
  const added = inUse?.plugins.filter(({ type }) => type === ISTIO_PLUGIN) ?? [];
  return { ...network, plugins: [...network.plugins, ...added] };
}

/** Writes the network, and links Debian's plugins into {@link cniPluginsDir}. */
export function writePodNetwork(): void {
  mkdirSync(cniPluginsDir, { recursive: true });
  for (const name of readdirSync(DEBIAN_PLUGINS)) {
    const link = join(cniPluginsDir, name);
    if (!lstatSync(link, { throwIfNoEntry: false })) symlinkSync(join(DEBIAN_PLUGINS, name), link);
  }
  const inUse = readJson<Network>(networkFile);
  const network = withIstio(podNetwork, inUse);
  // Istio watches the file, and would look at it anew.
  if (!isDeepStrictEqual(network, inUse)) {
    writePrivately(networkFile, `${JSON.stringify(network, undefined, 2)}\n`);
  }
}

/**
 * When Istio's DaemonSet ends, it takes its plugin away, as from a node that it leaves for good. To this one it comes
 * back, and until then no pod may start without the plugin: its sidecar would get nothing.
 * @returns what puts the plugin back
 */
export function keepIstioPlugin(): () => void {
  const program = join(cniPluginsDir, ISTIO_PLUGIN);
  if (!existsSync(program)) return () => {};
  const network = readFileSync(networkFile);
  const kept = `${program}.kept`;
  rmSync(kept, { force: true });
  linkSync(program, kept);
  return () => {
    renameSync(kept, program);
    writeFileSync(networkFile, network);
  };
}
