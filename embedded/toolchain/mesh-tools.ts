import type { Tool } from "./tool";

/** Of the branch of Istio 1.31: the module proxy serves its source by commits only. This one is of 2026-08-27. */
const ISTIO = "1.31.0-20260827124520";

/** Variable that each of Istio's programs tells its version from. */
const ISTIO_STAMP = { "istio.io/istio/pkg/version.buildVersion": ISTIO };

/** What renders Istio's charts, in place of Helm and a repository of charts. */
const istioCharts: Tool = {
  name: "istio-charts",
  version: ISTIO,
  executables: { "istio-charts": null },
  sources: [{ module: "istio", packages: ["."], go: [1, 26, 0] }],
};

/** The mesh of a cluster that pulls images: Istio's own do the rest. */
export const meshClientTools: readonly Tool[] = [istioCharts];

/**
 * The mesh of a node: its control plane, what it runs beside each pod, and what leads a pod's traffic there. Its
 * publisher has images of them only.
 */
export const meshTools: readonly Tool[] = [
  istioCharts,
  {
    name: "istio",
    version: ISTIO,
    executables: {
      "pilot-discovery": ["version", "--short"],
      "pilot-agent": ["version", "--short"],
      "istio-cni": null,
    },
    sources: [
      {
        module: "istio",
        packages: [
          "istio.io/istio/pilot/cmd/pilot-discovery",
          "istio.io/istio/pilot/cmd/pilot-agent",
          "istio.io/istio/cni/cmd/istio-cni",
        ],
        stamps: ISTIO_STAMP,
        go: [1, 26, 0],
      },
    ],
  },
];
