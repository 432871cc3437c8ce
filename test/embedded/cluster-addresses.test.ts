import { expect } from "chai";
import { type Extras, listenersOf } from "../../embedded/cluster/extras";
import { overlap } from "../../embedded/cluster/network/addresses";
import { parseListeners, takenNetworks, takenPorts } from "../../embedded/cluster/network/conflicts";

describe("Networks of the embedded cluster", () => {
  it("share an address when one contains the other", () => {
    expect(overlap("10.96.0.0/16", "10.96.3.0/24")).to.equal(true);
    expect(overlap("10.96.3.0/24", "10.0.0.0/8")).to.equal(true);
    expect(overlap("10.244.0.0/24", "10.244.0.255")).to.equal(true);
  });

  it("share none when they only border on each other", () => {
    expect(overlap("10.244.0.0/24", "10.244.1.0/24")).to.equal(false);
    expect(overlap("10.95.255.255", "10.96.0.0/16")).to.equal(false);
  });

  it("read an address in the middle of a network as that network", () => {
    expect(overlap("10.244.0.1/24", "10.244.0.255")).to.equal(true);
    expect(overlap("10.244.0.255", "10.244.0.1/24")).to.equal(true);
  });

  it("are taken by a device's own network, named with the device", () => {
    expect(takenNetworks([{ dst: "10.96.3.0/24", dev: "eth1" }])).to.deep.equal([
      {
        problem: "the cluster's 10.96.0.0/16 is in use by the route 10.96.3.0/24 of eth1",
        remedy: "take that route away first",
      },
    ]);
  });

  it("are free beside the default route, our own bridge and a company's wider network behind a gateway", () => {
    const routes = [
      { dst: "default", dev: "eth0", gateway: "192.0.2.1" },
      { dst: "10.0.0.0/8", dev: "tun0", gateway: "192.0.2.9" },
      { dst: "10.244.0.0/24", dev: "platform0" },
    ];
    expect(takenNetworks(routes)).to.deep.equal([]);
  });
});

describe("Ports of the embedded cluster", () => {
  const ss = (local: string, who = "") => `tcp LISTEN 0 128 ${local} 0.0.0.0:* ${who}`;
  const plain: Extras = { simulatedNodes: false, forwards: { dev: { 8443: 30443, 30080: 30080 } } };
  const taken = (line: string, own: number[] = [], extras = plain) =>
    takenPorts(listenersOf(extras), parseListeners(line), new Set(own));

  it("are taken by who listens on our address, named with the process", () => {
    expect(taken(ss("127.0.0.1:8443", 'users:(("python3",pid=42,fd=3))'))).to.deep.equal([
      {
        problem: "port 127.0.0.1:8443 is in use by python3 (process 42)",
        remedy: "let that listen elsewhere, or stop it if it is not needed",
      },
    ]);
  });

  it("are taken by who listens on every address", () => {
    for (const local of ["0.0.0.0:6443", "*:6443", "[::]:6443"]) {
      expect(taken(ss(local)).map(({ problem }) => problem)).to.deep.equal([
        "port 10.244.0.1:6443 is in use by another program",
      ]);
    }
  });

  it("are free when another process listens on another address, or the cluster itself on this one", () => {
    expect(taken(ss("192.0.2.2:6443"))).to.deep.equal([]);
    expect(taken(ss("10.244.0.1:6443", 'users:(("kube-apiserver",pid=7,fd=3))'), [7])).to.deep.equal([]);
  });

  it("of another stack's way in, and of simulated nodes, are taken only on a cluster that has them", () => {
    const lines = [ss("127.0.0.1:9443"), ss("127.0.0.1:10271")].join("\n");
    expect(taken(lines)).to.deep.equal([]);
    expect(
      taken(lines, [], { simulatedNodes: true, forwards: { ...plain.forwards, other: { 9443: 31443 } } }),
    ).to.have.length(2);
  });

  it("are reported all at once, each of them once", () => {
    const lines = [ss("127.0.0.1:8443"), ss("*:8443"), ss("0.0.0.0:10250")].join("\n");
    expect(taken(lines)).to.have.length(2);
  });

  it("are read from addresses that name their device", () => {
    expect(parseListeners("udp UNCONN 0 0 127.0.0.53%lo:53 0.0.0.0:*")).to.deep.equal([
      { address: "127.0.0.53", port: 53, process: undefined, pid: undefined },
    ]);
  });
});
