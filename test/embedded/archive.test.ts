import { mkdtemp, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { gzipSync } from "node:zlib";
import { expect } from "chai";
import { extract } from "tar-stream";
import { renameArchive } from "../../embedded/images/archive";
import { blobOf, tarOf } from "../../embedded/images/layer";
import { type Image, imageOf, writeArchive } from "../../embedded/images/oci";
import type { UserError } from "../../model/user-error";

const NAME = "docker.io/shop/web:2.0.0";

describe("An archive of a team's image", () => {
  let folder = "";
  const at = (name: string) => join(folder, name);
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "archive-"));
  });
  afterEach(() => rm(folder, { recursive: true }));

  const webOf = (ref: string) => imageOf(ref, { Cmd: ["web"] }, [blobOf(Buffer.from("layer"))]);
  const web = webOf("localhost/web:latest");
  const saveOci = (...images: Image[]) => writeArchive(at("saved.tar"), images, new Set());
  const saveDocker = async (saved: object[], more: Record<string, object> = {}) => {
    const lists = Object.entries({ "manifest.json": saved, ...more });
    const entries = lists.map(([path, list]) => ({
      kind: "file" as const,
      path,
      content: JSON.stringify(list),
    }));
    const layer = { kind: "file" as const, path: "web/layer.tar", content: "layer" };
    const link = { kind: "link" as const, path: "same/layer.tar", target: "../web/layer.tar" };
    await writeFile(at("saved.tar"), await tarOf([layer, link, ...entries]));
  };
  const rename = async () => {
    await renameArchive(at("saved.tar"), at("renamed.tar"), NAME);
    return filesOf(await readFile(at("renamed.tar")));
  };
  const failure = async (): Promise<UserError> =>
    rename().then(
      () => expect.fail("it was taken"),
      (error) => error,
    );

  it("[R54] gets the name that was asked for and no other: nothing else of the cluster is replaced", async () => {
    await saveOci(web);
    const files = await rename();
    const { manifests } = JSON.parse(files["index.json"] ?? "");
    expect(manifests).to.deep.equal([
      {
        mediaType: "application/vnd.oci.image.manifest.v1+json",
        digest: web.manifest.digest,
        size: web.manifest.size,
        annotations: { "io.containerd.image.name": NAME },
      },
    ]);
    expect(files[`blobs/${web.layers[0]?.digest.replace(":", "/")}`]).to.equal("layer");
  });

  it("[R54] may be Docker's own, with links among its layers", async () => {
    await saveDocker([{ Config: "web.json", RepoTags: ["web:1", "web:latest"], Layers: ["web/layer.tar"] }]);
    const files = await rename();
    expect(JSON.parse(files["manifest.json"] ?? "")).to.deep.equal([
      { Config: "web.json", RepoTags: [NAME], Layers: ["web/layer.tar"] },
    ]);
    expect(files["web/layer.tar"]).to.equal("layer");
    expect(files["same/layer.tar"]).to.equal("→ ../web/layer.tar");
  });

  it("[R54] may have both lists, as those of a newer Docker have", async () => {
    await saveDocker([{ Config: "web.json", RepoTags: null, Layers: [] }], {
      "index.json": { schemaVersion: 2, manifests: [{ digest: "sha256:1" }] },
    });
    const files = await rename();
    expect(JSON.parse(files["manifest.json"] ?? "")[0].RepoTags).to.deep.equal([NAME]);
    expect(JSON.parse(files["index.json"] ?? "").manifests[0].annotations).to.deep.equal({
      "io.containerd.image.name": NAME,
    });
  });

  it("may be compressed by gzip", async () => {
    await saveOci(web);
    await writeFile(at("saved.tar"), gzipSync(await readFile(at("saved.tar"))));
    expect(await rename()).to.include.keys("index.json", "oci-layout");
  });

  it("of several images is refused, with their names", async () => {
    await saveDocker([{ Config: "a.json", RepoTags: ["shop/a:1"] }, { Config: "b.json" }]);
    expect((await failure()).message).to.equal(
      `${at("saved.tar")} has 2 images, and the archive has to have one: shop/a:1, b.json\n` +
        "  save that one alone, for all processors if there are several: docker save --output FILE NAME",
    );
  });

  it("that is something else is refused, with what to do", async () => {
    await writeFile(at("saved.tar"), await tarOf([{ kind: "file", path: "README", content: "web" }]));
    expect((await failure()).message).to.equal(
      `${at("saved.tar")} is no archive of an image: it has neither index.json nor manifest.json\n` +
        "  make one by docker save --output FILE NAME, podman save or buildah push … docker-archive:FILE",
    );
    await writeFile(at("saved.tar"), "FROM scratch\n".repeat(100));
    expect((await failure()).problem).to.match(/is no archive of an image: Invalid tar header/);
  });

  it("that is cut short is refused", async () => {
    await saveOci(web);
    await truncate(at("saved.tar"), 700);
    expect((await failure()).problem).to.match(/is no archive of an image: Unexpected end of data/);
  });
});

async function filesOf(tar: Buffer): Promise<Record<string, string>> {
  const files: Record<string, string> = {};
  for await (const entry of Readable.from([tar]).pipe(extract())) {
    const { name, linkname } = entry.header;
    const content = await text(entry);
    files[name] = linkname ? `→ ${linkname}` : content;
  }
  return files;
}
