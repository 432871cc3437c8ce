import { bridge, nodeAddress, podRange } from "./addresses";
import { addressesDir, clusterName } from "./layout";

/** The CNI network: every pod on the bridge, the node as its gateway, no masquerade. */
export const podNetwork = {
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
  ],
};
