import { readFileSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { buffer, text } from "node:stream/consumers";
import { expect } from "chai";
import { extract, type Header } from "tar-stream";
import { completeImages } from "../../embedded/images/containerd";
import { blobOf, type LayerEntry, tarOf } from "../../embedded/images/layer";
import { type Content, importedAmong, leftAlone, MADE_HERE } from "../../embedded/images/made-here";
import { nodeVersion } from "../../embedded/images/node";
import { blobsOf, imageOf, indexOf, namesOf, writeArchive } from "../../embedded/images/oci";
import { serviceContract } from "../../embedded/images/service";
import { standInLayer } from "../../embedded/images/stand-in-layer";
import { type StandInName, standIns } from "../../embedded/images/standins";
import { images as officialNames, users } from "../../model/versions";

describe("Image layers", () => {
  const entries: LayerEntry[] = [
    { kind: "folder", path: "data", uid: 999, gid: 1000, mode: 0o700 },
    { kind: "file", path: "data/a", content: "one" },
    { kind: "link", path: "bin/nc", target: "nc.openbsd" },
  ];

  it("give the same bytes for the same content, in whatever order it is named", async () => {
    expect(await tarOf([...entries].reverse())).to.deep.equal(await tarOf(entries));
  });

  it("keep owner, mode and target", async () => {
    const headers = await headersOf(await tarOf(entries));
    expect(headers.get("data")).to.include({ type: "directory", uid: 999, gid: 1000, mode: 0o700 });
    expect(headers.get("data/a")).to.include({ type: "file", uid: 0, gid: 0, mode: 0o644, size: 3 });
    expect(headers.get("bin/nc")).to.include({ type: "symlink", linkname: "nc.openbsd" });
  });

  it("are known by the SHA-256 of their bytes", () => {
    expect(blobOf(Buffer.from("abc")).digest).to.equal(
      "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
    );
  });
});

describe("Images", () => {
  const base = blobOf(Buffer.from("base"));
  const [redis, nginx] = ["redis", "nginx"].map((name) =>
    imageOf(`docker.io/library/${name}:1`, { Cmd: [name] }, [base, blobOf(Buffer.from(name))]),
  ) as [ReturnType<typeof imageOf>, ReturnType<typeof imageOf>];

  it("name their configuration and layers by digest and size, lowest layer first", () => {
    const { config, layers } = parse(redis.manifest);
    expect(config).to.include({ digest: redis.config.digest, size: redis.config.size });
    expect(layers.map(({ digest }: { digest: string }) => digest)).to.deep.equal(
      redis.layers.map(({ digest }) => digest),
    );
    expect(parse(redis.config).rootfs.diff_ids).to.deep.equal(redis.layers.map(({ digest }) => digest));
  });

  it("change their digest with their contract", () => {
    const other = imageOf(redis.ref, { Cmd: ["redis", "--verbose"] }, redis.layers);
    expect(other.manifest.digest).to.not.equal(redis.manifest.digest);
  });

  it("share a layer in the archive", () => {
    const digests = blobsOf([redis, nginx], new Set()).map(({ digest }) => digest);
    expect(digests.filter((digest) => digest === base.digest)).to.have.length(1);
    expect(digests).to.have.length(7);
  });

  it("leave out what the runtime has, and still list every image", async () => {
    const folder = await mkdtemp(join(tmpdir(), "images-"));
    try {
      const file = join(folder, "images.tar");
      await writeArchive(file, [redis, nginx], new Set([base.digest]));
      const contents = await headersOf(await readFile(file));
      expect([...contents.keys()]).to.not.include(`blobs/${base.digest.replace(":", "/")}`);
      expect([...contents.keys()]).to.include(`blobs/${redis.manifest.digest.replace(":", "/")}`);
    } finally {
      await rm(folder, { recursive: true });
    }
    const names = parse(indexOf([redis, nginx])).manifests.map(
      ({ annotations }: { annotations: Record<string, string> }) => annotations["io.containerd.image.name"],
    );
    expect(names).to.include.members([redis.ref, nginx.ref]);
  });

  it("are known by their digest too, as a pod that pins one asks for it", () => {
    expect(namesOf(redis)).to.deep.equal([redis.ref, `docker.io/library/redis@${redis.manifest.digest}`]);
    const local = { ...redis, ref: "localhost:5000/redis" };
    expect(namesOf(local)[1]).to.equal(`localhost:5000/redis@${redis.manifest.digest}`);
  });

  it("count as imported only when complete and unpacked", () => {
    const table = [
      "REF TYPE DIGEST STATUS SIZE UNPACKED",
      "a:1 application/x sha256:1 complete (3/3) 1.2 MiB/1.2 MiB true",
      "b:1 application/x sha256:2 complete (3/3) 1.2 MiB/1.2 MiB false",
      "c:1 application/x sha256:3 incomplete (1/3) 1.0 MiB/1.2 MiB false",
    ].join("\n");
    expect([...completeImages(table)]).to.deep.equal([["a:1", "sha256:1"]]);
  });
});

describe("An image of a service", () => {
  const name = "docker.io/shop/web:1.0.0";
  const layers = [blobOf(Buffer.from("web"))];
  /** Whether one of that name with these blobs would be left alone. */
  const isLeft = async (digest: string, blobs: ReadonlyMap<string, Content>) =>
    (await importedAmong([name], new Map([[name, digest]]), async (one) => blobs.get(one))).length > 0;
  const blobsIn = ({ manifest, config }: ReturnType<typeof imageOf>, changes: Record<string, unknown> = {}) =>
    new Map<string, Content>([
      [manifest.digest, parse(manifest)],
      [config.digest, { ...parse(config), ...changes }],
    ]);
  const created = "2026-01-01T00:00:00Z";

  it("[R54] is the reference service's to replace where it was made here, before and since it has a label", async () => {
    const reference = imageOf(name, serviceContract.config, layers);
    expect(serviceContract.config.Labels).to.deep.equal({ [MADE_HERE]: "true" });
    expect(await isLeft(reference.manifest.digest, blobsIn(reference, { created }))).to.equal(false);
    const { Labels: _, ...unlabelled } = serviceContract.config;
    const older = imageOf(name, unlabelled, layers);
    expect(await isLeft(older.manifest.digest, blobsIn(older))).to.equal(false);
  });

  it("[R54] is left alone where it was imported by hand, for one processor or for several", async () => {
    const theirs = imageOf(name, { Cmd: ["web"], Labels: { maintainer: "shop" } }, layers);
    expect(await isLeft(theirs.manifest.digest, blobsIn(theirs, { created }))).to.equal(true);
    expect(await isLeft("sha256:1", new Map([["sha256:1", {}]]))).to.equal(true);
    expect(leftAlone([name])).to.equal("left alone, as it was imported by hand: docker.io/shop/web:1.0.0");
  });

  it("[R54] is made where there is none, or nothing is left of it", async () => {
    expect(await importedAmong([name], new Map(), async () => undefined)).to.deep.equal([]);
    expect(await isLeft("sha256:1", new Map())).to.equal(false);
  });
});

describe("Stand-ins", () => {
  it("exist for every image of the platform but Grafana, which no registry has", () => {
    const { grafana: _, ...available } = officialNames;
    expect(standIns).to.include.keys(Object.keys(available));
  });

  it("run as another user than root where the official image does", () => {
    const { prometheus, postgresExporter, redisExporter } = standIns;
    for (const { config } of [prometheus, postgresExporter, redisExporter]) {
      expect(config.User).to.match(/^[1-9]\d*:[1-9]\d*$/);
    }
    expect(prometheus.config.User).to.equal(`${users.prometheus.uid}:${users.prometheus.gid}`);
  });

  /** Those whose files belong to the account: ids of the official images. */
  const accounts = {
    postgres: users.postgres,
    redis: users.redis,
    rabbitmq: users.rabbitmq,
    nginx: { uid: 101, gid: 101 },
  };

  for (const name of ["postgres", "redis", "rabbitmq", "nginx"] as const) {
    it(`${name} has the account of the official image`, async () => {
      const { uid, gid } = accounts[name];
      const passwd = await fileOf(name, "etc/passwd");
      expect(passwd).to.match(new RegExp(`^${name}:x:${uid}:${gid}:`, "m"));
      expect(await fileOf(name, "etc/group")).to.match(new RegExp(`^${name}:x:${gid}:`, "m"));
    });

    it(`${name} starts by an executable entry point`, async () => {
      const headers = await headersOf(await layerOf(name));
      const path = name === "nginx" ? "docker-entrypoint.sh" : "usr/local/bin/docker-entrypoint.sh";
      expect(headers.get(path)?.mode).to.equal(0o755);
    });
  }

  it("stop as the official images do", () => {
    expect(standIns.postgres.config.StopSignal).to.equal("SIGINT");
    expect(standIns.nginx.config.StopSignal).to.equal("SIGQUIT");
  });

  it("run the service as its Dockerfile does", () => {
    const dockerfile = readFileSync(join(import.meta.dirname, "../../services/reference/Dockerfile"), "utf8");
    const { config } = serviceContract;
    expect(dockerfile).to.include(`FROM node:${nodeVersion}-alpine`);
    expect(dockerfile).to.include(`USER ${config.User}`);
    expect(dockerfile).to.include(`WORKDIR ${config.WorkingDir}`);
    expect(dockerfile).to.include(`CMD ${JSON.stringify(config.Cmd).replaceAll(",", ", ")}`);
    expect(config.User).to.equal(`${users.service.uid}:${users.service.gid}`);
  });
});

function parse({ source }: ReturnType<typeof blobOf>) {
  return JSON.parse(source.toString());
}

async function layerOf(name: StandInName): Promise<Buffer> {
  const { source } = await standInLayer(name, standIns[name]);
  return source as Buffer;
}

async function headersOf(tar: Buffer): Promise<Map<string, Header>> {
  const headers = new Map<string, Header>();
  for await (const entry of Readable.from([tar]).pipe(extract())) {
    headers.set(entry.header.name, entry.header);
    await buffer(entry);
  }
  return headers;
}

async function fileOf(name: StandInName, path: string): Promise<string> {
  for await (const entry of Readable.from([await layerOf(name)]).pipe(extract())) {
    const content = await text(entry);
    if (entry.header.name === path) return content;
  }
  throw new Error(`the layer of ${name} lacks ${path}`);
}
