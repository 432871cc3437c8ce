import { expect } from "chai";
import { parse } from "yaml";
import { daemonNames, nodeDaemons } from "../../embedded/cluster/daemons";
import { kindConfig } from "../../embedded/cluster/kind";
import { ports } from "../../embedded/cluster/ports";

const tools = { path: (tool: string) => `/tools/${tool}`, binDir: "/tools" };

describe("Configuration of the embedded cluster", () => {
  it("stops every daemon that it starts", () => {
    const started = ["containerd", "etcd", "kube-apiserver", ...nodeDaemons(tools).map(({ name }) => name)];
    expect([...daemonNames].sort()).to.deep.equal(started.sort());
  });

  it("has no port twice", () => {
    const used = Object.values(ports).map(({ port }) => port);
    expect(new Set(used).size).to.equal(used.length);
  });

  it("listens on loopback and on the bridge only", () => {
    const addresses = new Set(Object.values(ports).map(({ address }) => address));
    expect([...addresses].sort()).to.deep.equal(["10.244.0.1", "127.0.0.1"]);
  });

  it("gives kind the same front door, on loopback only", () => {
    const [node] = parse(kindConfig()).nodes;
    expect(node.extraPortMappings).to.deep.equal([
      { listenAddress: "127.0.0.1", hostPort: 8080, containerPort: 30080 },
      { listenAddress: "127.0.0.1", hostPort: 8443, containerPort: 30443 },
    ]);
  });
});
