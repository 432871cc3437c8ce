import { clusterSource } from "./cluster-source";
import type { Tool } from "./tool";

/** Of the branch of Istio 1.31: the module proxy serves its source by commits only. This one is of 2026-08-27. */
const ISTIO = "1.31.0-20260827124520";

const printsVersion = ["version", "--short"];

/** What Istio's images run, for their stand-ins: its publisher has it in images only. */
export const meshTools: readonly Tool[] = [
  {
    name: "istio",
    version: ISTIO,
    executables: {
      "pilot-discovery": printsVersion,
      "pilot-agent": printsVersion,
      "istio-cni": null,
      "install-cni": printsVersion,
    },
    sources: [
      {
        ...clusterSource(
          "istio.io/istio/pilot/cmd/pilot-discovery",
          "istio.io/istio/pilot/cmd/pilot-agent",
          "istio.io/istio/cni/cmd/istio-cni",
          "istio.io/istio/cni/cmd/install-cni",
        ),
        // Variable that each of the programs tells its version from.
        stamps: { "istio.io/istio/pkg/version.buildVersion": ISTIO },
      },
    ],
  },
];
