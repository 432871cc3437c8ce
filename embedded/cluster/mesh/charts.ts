import { istio } from "../../../components/versions";
import { run } from "../../command";
import type { Toolchain } from "../../toolchain";
import type { KubernetesObject } from "../api";

/** Where Istio's documentation has its control plane. */
export const MESH_NAMESPACE = "istio-system";

/** The image of the sidecars. */
export const proxyImage = `docker.io/istio/proxyv2:${istio}`;

/** One of Istio's charts, and what is set in it. */
interface Chart {
  release: string;
  /** Its folder among the charts in Istio's module. */
  folder: string;
  values: Record<string, unknown>;
}

/** What both of the cluster's kinds have in common: the CNI plugin, as Pod Security `restricted` wants it. */
const common = {
  global: { hub: "docker.io/istio", tag: istio },
  pilot: { cni: { enabled: true } },
  meshConfig: { enablePrometheusMerge: false },
};

/**
 * The control plane's chart where the sidecars are plain Envoys, without the filters that Istio's own build adds:
 * no `istio_*` figures, and nothing that would need them.
 */
export const plainEnvoy: Chart = {
  release: "istiod",
  folder: "istio-control/istio-discovery",
  // Debian's nft is there in any case; the sidecar's image needs no iptables then.
  values: {
    ...common,
    global: { ...common.global, nativeNftables: true },
    telemetry: { enabled: false },
  },
};

/** The charts for a cluster that pulls Istio's own images, in the order in which each needs the one before. */
export const official: readonly Chart[] = [
  { release: "istio-cni", folder: "istio-cni", values: { global: common.global } },
  { release: "istiod", folder: "istio-control/istio-discovery", values: common },
];

/**
 * The objects of a chart, as Helm would make them.
 * @throws {CommandFailure} when the chart does not take the values
 */
export async function render(
  tools: Toolchain,
  { release, folder, values }: Chart,
): Promise<KubernetesObject[]> {
  const printed = await run(tools.path("istio-charts"), [release, MESH_NAMESPACE, folder], {
    log: "istio-charts",
    input: JSON.stringify(values),
    // What is logged are its complaints.
    translate: (line) => (line.startsWith("[") ? undefined : line),
  });
  return JSON.parse(printed);
}
