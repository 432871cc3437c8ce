import { expect } from "chai";
import { parse } from "yaml";
import { daemonNames, nodeDaemons } from "../../embedded/cluster/daemons";
import { type Extras, listenersOf, together } from "../../embedded/cluster/extras";
import { kindConfig, OWN_STACKS } from "../../embedded/cluster/kind-driver";
import { forwardsTo } from "../../embedded/front-door";
import { checkedPlan } from "../../embedded/settings";
import { readStackFile } from "../../stacks/stack-file";

const tools = { path: (tool: string) => `/tools/${tool}`, binDir: "/tools" };

const plain: Extras = { simulatedNodes: false, forwards: {} };
const three = {
  dev: { 8443: 30443, 30443: 30443 },
  "dealcycle-dev": { 9443: 31443, 31443: 31443 },
  third: { 32443: 32443, 32080: 32080 },
};
const everything: Extras = { simulatedNodes: true, forwards: three };
const namesWith = (extras: Extras) => nodeDaemons(tools, extras).map(({ name }) => name);

describe("Configuration of the embedded cluster", () => {
  it("expects every daemon that it starts", () => {
    for (const extras of [plain, everything]) {
      const started = ["containerd", "etcd", "kube-apiserver", ...namesWith(extras)];
      expect(daemonNames(extras).sort()).to.deep.equal(started.sort());
    }
  });

  it("starts kwok and ways in only when a stack asks for them, and as many as there are stacks", () => {
    const extra = namesWith(everything).filter((name) => !namesWith(plain).includes(name));
    const ports = [8443, 9443, 30443, 31443, 32080, 32443];
    expect(extra).to.have.members(["kwok", ...ports.map((port) => `front-door-${port}`)]);
  });

  it("has a program on loopback that leads a port to its node port", () => {
    const [daemon] = nodeDaemons(tools, { ...plain, forwards: { dev: { 8443: 30443 } } }).slice(-1);
    expect(daemon?.args).to.deep.equal([
      "TCP-LISTEN:8443,bind=127.0.0.1,fork,reuseaddr",
      "TCP:10.244.0.1:30443",
    ]);
  });

  it("keeps what one stack has asked for when another is brought up, and has what a stack asks for last", () => {
    const rehearsal: Extras = { simulatedNodes: true, forwards: { prod: {} } };
    const stacks = Object.entries(three).map(([stack, ways]) => ({ ...plain, forwards: { [stack]: ways } }));
    const all = stacks.reduce(together, rehearsal);
    expect(all).to.deep.equal({ simulatedNodes: true, forwards: { prod: {}, ...three } });
    const changed = { ...plain, forwards: { dev: { 443: 30443 } } };
    expect(together(all, changed).forwards.dev).to.deep.equal({ 443: 30443 });
  });

  it("has no port twice", () => {
    const used = listenersOf(everything).map(({ port }) => port);
    expect(new Set(used).size).to.equal(used.length);
  });

  it("listens on loopback and on the bridge only", () => {
    const addresses = new Set(listenersOf(everything).map(({ address }) => address));
    expect([...addresses].sort()).to.deep.equal(["10.244.0.1", "127.0.0.1"]);
  });

  it("gives kind the same ways in, on loopback only", () => {
    const [node] = parse(kindConfig({ ...plain, forwards: { ...OWN_STACKS, third: { 443: 32443 } } })).nodes;
    expect(node.extraPortMappings).to.have.length(7);
    expect(node.extraPortMappings).to.deep.include.members([
      { listenAddress: "127.0.0.1", hostPort: 443, containerPort: 32443 },
      { listenAddress: "127.0.0.1", hostPort: 8443, containerPort: 30443 },
      { listenAddress: "127.0.0.1", hostPort: 31080, containerPort: 31080 },
    ]);
  });

  it("has kind's node made with the ways in that this repository's stacks have", () => {
    const ways = ["dev", "dealcycle-dev"].map((stack) => [
      stack,
      forwardsTo(stack, checkedPlan(readStackFile(stack))),
    ]);
    expect(OWN_STACKS).to.deep.equal(Object.fromEntries(ways));
  });
});
