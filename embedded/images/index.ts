import { removeAbandoned } from "../cache";
import type { Report } from "../command";
import { imagesDir } from "../paths";
import { toolchain } from "../toolchain";
import { baseLayer } from "./base";
import { importedByOthers, importImages } from "./containerd";
import { filesLayer } from "./files";
import type { Blob } from "./layer";
import { leftAlone } from "./made-here";
import { envoyLayer, meshLayers } from "./mesh";
import { nodeLayer } from "./node";
import { type Image, imageOf } from "./oci";
import type { PlanImages } from "./plan-images";
import { serviceStandIn } from "./service";
import { standInLayer } from "./stand-in-layer";
import { type StandIn, type StandInName, standIns } from "./standins";

export { istioImages, planImagesOf } from "./plan-images";

/** Holds a pod's namespaces; the name that the cluster's container runtime asks for. */
const pauseImage = "registry.k8s.io/pause:3.10";

/**
 * Fetches what the stand-ins are made of and nothing has to be compiled for, while the tools are.
 * @throws {CommandFailure} when a package registry is unavailable and the cache lacks what it serves
 */
export async function fetchLayers({ mesh }: PlanImages, report: Report): Promise<void> {
  await removeAbandoned(imagesDir);
  // One after the other: the first is the bigger work, and all wait for the network.
  await baseLayer(report);
  await nodeLayer(report);
  if (mesh) await envoyLayer(report);
}

/**
 * Makes every one of these images available to this machine's container runtime, which must run: stand-ins, made of Debian's
 * packages and cached. An image of a service that was imported by hand stays as it is.
 * @throws {CommandFailure} when a package registry is unavailable and the cache lacks what it serves
 */
export async function ensureImages({ stores, services, mesh }: PlanImages, report: Report): Promise<void> {
  const refs = Object.entries({ ...stores, ...mesh, pause: pauseImage }) as [StandInName, string][];
  const debian = await baseLayer(report);
  const node = await nodeLayer(report);
  const service = await serviceStandIn();
  const imported = await importedByOthers(services);
  // What Debian's packages do not have, by the stand-in that runs it.
  const programs: { [name in StandInName]?: Blob[] } = {
    prometheus: [await filesLayer("prometheus", { "usr/bin/prometheus": toolchain().path("prometheus") })],
    ...(mesh && (await meshLayers(report))),
  };
  const below = (name: StandInName) => [debian, ...(programs[name] ?? [])];
  const images = await Promise.all([
    ...refs.map(([name, ref]) => imageFor(ref, name, standIns[name], below(name))),
    ...services
      .filter((ref) => !imported.includes(ref))
      .map((ref) => imageFor(ref, "service", service, [debian, node])),
  ]);
  await importImages(images, report);
  if (imported.length > 0) report(leftAlone(imported));
}

async function imageFor(ref: string, name: string, standIn: StandIn, layers: Blob[]): Promise<Image> {
  return imageOf(ref, standIn.config, [...layers, await standInLayer(name, standIn)]);
}
