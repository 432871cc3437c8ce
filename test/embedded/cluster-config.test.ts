import { expect } from "chai";
import { parse } from "yaml";
import { daemonNames, isExtra, nodeDaemons } from "../../embedded/cluster/daemons";
import { type Extras, listenersOf, together } from "../../embedded/cluster/extras";
import { kindConfig } from "../../embedded/cluster/kind";

const tools = { path: (tool: string) => `/tools/${tool}`, binDir: "/tools" };

const plain: Extras = { simulatedNodes: false, doors: ["first"] };
const everything: Extras = { simulatedNodes: true, doors: ["first", "second"] };
const namesWith = (extras: Extras) => nodeDaemons(tools, extras).map(({ name }) => name);

describe("Configuration of the embedded cluster", () => {
  it("stops every daemon that it starts", () => {
    const started = ["containerd", "etcd", "kube-apiserver", ...namesWith(everything)];
    expect([...daemonNames].sort()).to.deep.equal(started.sort());
  });

  it("starts kwok and the second way in only when a stack asks for them", () => {
    const extra = namesWith(everything).filter((name) => !namesWith(plain).includes(name));
    expect(extra).to.deep.equal(["kwok", "second-front-door-http", "second-front-door-https"]);
    expect(daemonNames.filter(isExtra)).to.have.members(extra);
  });

  it("keeps what one stack has asked for when another is brought up", () => {
    const rehearsal: Extras = { simulatedNodes: true, doors: [] };
    const second: Extras = { simulatedNodes: false, doors: ["second"] };
    expect(together(together(plain, second), rehearsal)).to.deep.equal(everything);
    expect(together(everything, plain)).to.deep.equal(everything);
  });

  it("has no port twice", () => {
    const used = listenersOf(everything).map(({ port }) => port);
    expect(new Set(used).size).to.equal(used.length);
  });

  it("listens on loopback and on the bridge only", () => {
    const addresses = new Set(listenersOf(everything).map(({ address }) => address));
    expect([...addresses].sort()).to.deep.equal(["10.244.0.1", "127.0.0.1"]);
  });

  it("gives kind the same front doors, on loopback only", () => {
    const [node] = parse(kindConfig()).nodes;
    expect(node.extraPortMappings).to.deep.equal([
      { listenAddress: "127.0.0.1", hostPort: 8080, containerPort: 30080 },
      { listenAddress: "127.0.0.1", hostPort: 8443, containerPort: 30443 },
      { listenAddress: "127.0.0.1", hostPort: 9080, containerPort: 31080 },
      { listenAddress: "127.0.0.1", hostPort: 9443, containerPort: 31443 },
    ]);
  });
});
