import { existsSync } from "node:fs";
import { expect } from "chai";
import { execa } from "execa";
import { call, callPlain } from "./support/front-door";
import { root } from "./support/stack";

/** `make <target>` as a user types it. */
const make = (...args: string[]) =>
  execa("make", args, { cwd: root, reject: false, all: true, input: "", env: { YES: "1" } });

/** A process that has ended and waits for init to take note, which not every init does at once. */
const DEAD = /<defunct>/;

/** What the machine has that only the cluster puts there. */
async function traces(): Promise<Record<string, string[]>> {
  const lines = async (file: string, args: string[], pattern: RegExp) =>
    (await execa(file, args)).stdout.split("\n").filter((line) => pattern.test(line) && !DEAD.test(line));
  return {
    processes: await lines(
      "ps",
      ["-eo", "comm,args"],
      /^(etcd|kube|coredns|metrics-server|containerd|socat)/,
    ),
    mounts: await lines("mount", [], /microservice-platform|kubelet|\/run\/netns\/cni/),
    links: await lines("ip", ["-o", "link"], /platform0|veth/),
    rules: await lines("nft", ["list", "tables"], /./),
    namespaces: await lines("ip", ["netns", "list"], /./),
    files: [
      "/run/microservice-platform",
      "/run/istio-cni",
      "/var/lib/cni",
      "/var/lib/kubelet",
      "/var/log/containers",
      "/var/log/pods",
    ].filter(existsSync),
  };
}

const nothing = { processes: [], mounts: [], links: [], rules: [], namespaces: [], files: [] };

describe("Lifecycle", function () {
  // Each test brings the whole stack up at least once.
  this.timeout(300_000);

  it("of two make up at the same time one says who is at work", async () => {
    const runs = await Promise.all([make("up"), make("up")]);
    const [refused] = runs.filter(({ exitCode }) => exitCode !== 0);
    expect(runs.map(({ exitCode }) => exitCode === 0)).to.have.members([true, false]);
    expect(refused?.all).to.match(/make up is already running: process \d+, since \d\d:\d\d:\d\d/);
  });

  it("make up with nothing to change changes nothing", async () => {
    const { exitCode, all } = await make("up");
    expect(exitCode, all).to.equal(0);
    expect(all)
      .to.match(/\b\d+ unchanged/)
      .and.not.match(/\b\d+ (created|updated|replaced|deleted)/);
  });

  it("make preview, status and env run beside a make up, and preview leaves no lock behind", async () => {
    const commands = ["up", "preview", "status", "env"];
    const runs = await Promise.all(commands.map((target) => make(target)));
    for (const [index, { exitCode, all }] of runs.entries())
      expect(exitCode, `${commands[index]}\n${all}`).to.equal(0);
    const again = await make("up");
    expect(again.exitCode, again.all).to.equal(0);
  });

  it("node ports answer on loopback, and each stack's public port leads to its own", async () => {
    const listening = (await execa("ss", ["-Hltn"])).stdout;
    for (const port of [30080, 30443, 8443])
      expect(listening).to.match(new RegExp(`127\\.0\\.0\\.1:${port}\\s`));
    expect((await callPlain("/health")).status).to.be.oneOf([200, 301, 308]);
  });

  it("a command under another HOME names whose cluster is on the machine, and touches nothing", async () => {
    for (const target of ["status", "down", "preview", "env"]) {
      const { exitCode, all } = await make(target, "HOME=/nonexistent", "XDG_CACHE_HOME=/nonexistent/.cache");
      expect(exitCode, all).to.equal(2);
      expect(all).to.match(
        /the embedded cluster on this machine is the one of \S+, and not of \/nonexistent/,
      );
    }
    expect((await make("status")).exitCode).to.equal(0);
  });

  it("make down leaves nothing behind, and make up brings the same data back", async () => {
    const { body: item } = await call("POST", "/api/event/items", { name: "kept" });
    const down = await make("down");
    expect(down.exitCode, down.all).to.equal(0);
    expect(await traces()).to.deep.equal(nothing);

    const up = await make("up");
    expect(up.exitCode, up.all).to.equal(0);
    const found = await call("GET", `/api/event/items/${item.id}`);
    expect(found.body, up.all).to.include({ id: item.id, name: "kept" });
  });
});
