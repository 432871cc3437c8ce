import { createReadStream, createWriteStream } from "node:fs";
import { finished, pipeline } from "node:stream/promises";
import { pack } from "tar-stream";
import { type Blob, blobOf } from "./layer";

/** What a container gets from its image: the fields of the OCI image configuration that are used here. */
export interface ContainerConfig {
  User?: string;
  Env?: string[];
  Entrypoint?: string[];
  Cmd?: string[];
  WorkingDir?: string;
  ExposedPorts?: Record<string, object>;
  Volumes?: Record<string, object>;
  Labels?: Record<string, string>;
  /** Sent by the runtime to end the container. @default SIGTERM */
  StopSignal?: string;
}

/** An image ready for import: its manifest, and the blobs that the manifest names. */
export interface Image {
  /** Full name with registry and tag, such as `docker.io/library/redis:7.4.5-alpine`. */
  ref: string;
  manifest: Blob;
  config: Blob;
  layers: Blob[];
}

const type = {
  index: "application/vnd.oci.image.index.v1+json",
  manifest: "application/vnd.oci.image.manifest.v1+json",
  config: "application/vnd.oci.image.config.v1+json",
  layer: "application/vnd.oci.image.layer.v1.tar",
};

/** Node's names of the processor, as OCI spells them. */
const architectures: Record<string, string> = { x64: "amd64", arm64: "arm64" };

/**
 * Describes an image over uncompressed layers, lowest first. Nothing in it depends on the time, so the same
 * content has the same digest on every machine.
 */
export function imageOf(ref: string, container: ContainerConfig, layers: Blob[]): Image {
  const config = json({
    created: new Date(0).toISOString(),
    architecture: architectures[process.arch] ?? process.arch,
    os: "linux",
    config: container,
    // An uncompressed layer's blob is its content, so both have one digest.
    rootfs: { type: "layers", diff_ids: layers.map((layer) => layer.digest) },
  });
  const manifest = json({
    schemaVersion: 2,
    mediaType: type.manifest,
    config: descriptor(type.config, config),
    layers: layers.map((layer) => descriptor(type.layer, layer)),
  });
  return { ref, manifest, config, layers };
}

/**
 * The names of an image: with its tag, and with its digest. By the second one a pod may ask for exactly this
 * image, and tells which one it runs.
 */
export function namesOf({ ref, manifest }: Pick<Image, "ref" | "manifest">): string[] {
  return [ref, digestName(ref, manifest.digest)];
}

/** `docker.io/shop/web:1.0.0` as `docker.io/shop/web@sha256:…`. */
export const digestName = (ref: string, digest: string): string => `${ref.replace(/:[^:/]*$/, "")}@${digest}`;

/** The archive's table of contents: which name stands for which manifest. */
export function indexOf(images: readonly Image[]): Blob {
  return json({
    schemaVersion: 2,
    mediaType: type.index,
    manifests: images.flatMap((image) =>
      namesOf(image).map((name) => ({
        ...descriptor(type.manifest, image.manifest),
        annotations: { "io.containerd.image.name": name },
      })),
    ),
  });
}

/** Every blob of the images, once, less those that the runtime `has` by digest. */
export function blobsOf(images: readonly Image[], has: ReadonlySet<string>): Blob[] {
  const all = images.flatMap(({ manifest, config, layers }) => [...layers, config, manifest]);
  const byDigest = new Map(all.map((blob) => [blob.digest, blob]));
  return [...byDigest.values()].filter((blob) => !has.has(blob.digest));
}

/** Writes an OCI archive of the images into `file`, leaving out the blobs that the runtime `has`. */
export async function writeArchive(
  file: string,
  images: readonly Image[],
  has: ReadonlySet<string>,
): Promise<void> {
  const archive = pack();
  const written = pipeline(archive, createWriteStream(file));
  archive.entry({ name: "oci-layout" }, JSON.stringify({ imageLayoutVersion: "1.0.0" }));
  for (const { digest, size, source } of blobsOf(images, has)) {
    const name = `blobs/${digest.replace(":", "/")}`;
    if (Buffer.isBuffer(source)) {
      archive.entry({ name }, source);
    } else {
      const entry = archive.entry({ name, size });
      createReadStream(source.file, { highWaterMark: 1 << 20 }).pipe(entry);
      await finished(entry);
    }
  }
  archive.entry({ name: "index.json" }, indexOf(images).source as Buffer);
  archive.finalize();
  await written;
}

function descriptor(mediaType: string, { digest, size }: Blob) {
  return { mediaType, digest, size };
}

function json(value: object): Blob {
  return blobOf(Buffer.from(JSON.stringify(value)));
}
