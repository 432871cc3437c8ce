import { existsSync } from "node:fs";
import { expect } from "chai";
import { execa } from "execa";
import { Collection } from "../../../embedded/cluster/network/policies/collection";
import { Enforcer } from "../../../embedded/cluster/network/policies/enforcer";
import {
  type ClusterState,
  daemonEndpoint,
  type Pod,
  podEndpoint,
  type Service,
  type Slice,
} from "../../../embedded/cluster/network/policies/objects";
import { policiesTable, ruleset } from "../../../embedded/cluster/network/policies/ruleset";
import { clock } from "../../support/clock";

describe("NetworkPolicy enforcer", () => {
  describe("pods", () => {
    const running: Pod = {
      metadata: { namespace: "malai", labels: { app: "auth" }, creationTimestamp: "2026-01-01T00:00:00Z" },
      spec: {
        containers: [{ ports: [{ name: "http", containerPort: 4000 }] }, {}],
        initContainers: [{ ports: [{ name: "proxy", protocol: "UDP", containerPort: 15000 }] }],
      },
      status: { podIP: "10.244.0.11", phase: "Running" },
    };

    it("count with their address and the ports of all containers", () => {
      expect(podEndpoint(running)).to.deep.equal([
        {
          kind: "pod",
          namespace: "malai",
          labels: { app: "auth" },
          address: "10.244.0.11",
          ports: [
            { name: "http", protocol: "TCP", number: 4000, listens: 4000 },
            { name: "proxy", protocol: "UDP", number: 15000, listens: 15000 },
          ],
        },
      ]);
    });

    it("do not count before they have an address, after they have ended, and on the host's network", () => {
      const { spec, status } = running;
      expect(podEndpoint({ ...running, status: { phase: "Pending" } })).to.deep.equal([]);
      expect(podEndpoint({ ...running, status: { ...status, phase: "Succeeded" } })).to.deep.equal([]);
      expect(podEndpoint({ ...running, status: { ...status, phase: "Failed" } })).to.deep.equal([]);
      expect(podEndpoint({ ...running, spec: { ...spec, hostNetwork: true } })).to.deep.equal([]);
    });
  });

  describe("daemons beside the cluster", () => {
    const service: Service = {
      metadata: { namespace: "kube-system", name: "kube-dns", labels: { "k8s-app": "kube-dns" } },
      spec: { ports: [{ name: "dns", protocol: "UDP", port: 53 }] },
    };
    const slice: Slice = {
      metadata: { namespace: "kube-system", labels: { "kubernetes.io/service-name": "kube-dns" } },
      endpoints: [{ addresses: ["10.244.0.1"] }],
      ports: [{ name: "dns", protocol: "UDP", port: 10053 }],
    };

    it("[D12] CoreDNS counts as a pod of kube-dns that serves port 53", () => {
      expect(daemonEndpoint(slice, [service])).to.deep.equal([
        {
          kind: "daemon",
          namespace: "kube-system",
          labels: { "k8s-app": "kube-dns" },
          address: "10.244.0.1",
          ports: [{ name: "dns", protocol: "UDP", number: 53, listens: 10053 }],
        },
      ]);
    });

    it("do not count when the Service has pods of its own, or when what it leads to is not the node", () => {
      const selecting = { ...service, spec: { ...service.spec, selector: { app: "dns" } } };
      expect(daemonEndpoint(slice, [selecting])).to.deep.equal([]);
      expect(
        daemonEndpoint({ ...slice, endpoints: [{ addresses: ["10.244.0.9"] }] }, [service]),
      ).to.deep.equal([]);
      expect(daemonEndpoint(slice, [])).to.deep.equal([]);
    });
  });

  describe("applying", () => {
    beforeEach(() => clock.stop());
    afterEach(() => clock.restart());

    it("makes the rules of many changes once, and applies what is new only", async () => {
      const applied: string[] = [];
      let rules = "one";
      let made = 0;
      const enforcer = new Enforcer(
        () => {
          made += 1;
          return rules;
        },
        async (text) => void applied.push(text),
      );
      for (let change = 0; change < 20; change++) enforcer.update();
      await clock.pass(49);
      expect([made, applied]).to.deep.equal([0, []]);
      await clock.pass(1);
      expect([made, applied]).to.deep.equal([1, ["one"]]);
      enforcer.update();
      await clock.pass(50);
      expect([made, applied]).to.deep.equal([2, ["one"]]);
      rules = "two";
      enforcer.update();
      await clock.pass(50);
      expect([made, applied]).to.deep.equal([3, ["one", "two"]]);
    });

    it("applies nothing, and is not well, while it does not know enough", async () => {
      let made = 0;
      const applied: string[] = [];
      const enforcer = new Enforcer(
        () => {
          made += 1;
          return undefined;
        },
        async (text) => void applied.push(text),
      );
      enforcer.update();
      await clock.pass(50);
      expect([made, applied]).to.deep.equal([1, []]);
      expect(enforcer.isCurrent).to.equal(false);
    });

    it("tries again when the kernel refuses, and says until then that it is not well", async () => {
      let attempts = 0;
      const enforcer = new Enforcer(
        () => "rules",
        async () => {
          attempts += 1;
          if (attempts === 1) throw new Error("refused, for the test");
        },
      );
      const state = () => [attempts, enforcer.isCurrent];
      enforcer.update();
      await clock.pass(50);
      expect(state()).to.deep.equal([1, false]);
      await clock.pass(1000);
      await clock.pass(49);
      expect(state()).to.deep.equal([1, false]);
      await clock.pass(1);
      expect(state()).to.deep.equal([2, true]);
    });
  });

  it("knows a collection's objects through additions, changes, deletions and a new list", async () => {
    const named = (name: string, value = 0) => ({ metadata: { namespace: "malai", name }, value });
    const lists = [[named("a"), named("b")], [named("d")]];
    const events = [
      { type: "ADDED", object: named("c") },
      { type: "MODIFIED", object: named("a", 1) },
      { type: "DELETED", object: named("b") },
      { type: "ERROR", object: {} },
    ];
    const seen: string[] = [];
    const collection = new Collection<ReturnType<typeof named>>("/api/v1/things");
    await new Promise<void>((resolve) => {
      const api = {
        get: async () => ({ items: lists.shift(), metadata: { resourceVersion: "1" } }) as any,
        async *watch() {
          if (lists.length === 0) await new Promise(() => {});
          yield* events as any[];
        },
      };
      void collection.follow(api, () => {
        const objects = collection.objects.map(({ metadata, value }) => `${metadata.name}${value}`);
        seen.push(objects.sort().join(" "));
        if (lists.length === 0) resolve();
      });
    });
    expect(seen).to.deep.equal(["a0 b0", "a0 b0 c0", "a1 b0 c0", "a1 c0", "d0"]);
  });

  it("the kernel takes rules of every kind, twice in a row", async function () {
    // Only the embedded cluster brings it along; kind enforces policies by itself.
    if (!existsSync("/usr/sbin/nft")) this.skip();
    const state: ClusterState = {
      namespaces: new Map([["malai", {}]]),
      endpoints: [10, 11].map((last) => ({
        kind: "pod",
        namespace: "malai",
        labels: {},
        address: `10.244.0.${last}`,
        ports: [{ name: "http", protocol: "TCP", number: 80, listens: 80 }],
      })),
      policies: [
        {
          metadata: { namespace: "malai", name: "everything" },
          spec: {
            podSelector: {},
            ingress: [
              { from: [{ podSelector: {} }], ports: [{ port: "http" }, { port: 80, endPort: 90 }] },
              { from: [{ ipBlock: { cidr: "10.1.2.3/8", except: ["10.2.0.0/16"] } }] },
            ],
            egress: [
              { to: [{ podSelector: {} }], ports: [{ port: "http" }] },
              { ports: [{ protocol: "UDP" }, { protocol: "SCTP", port: 7 }] },
            ],
          },
        },
      ],
    };
    const rules = ruleset(state);
    // A network of its own, gone with the command.
    const { stdout } = await execa("unshare", ["--net", "sh", "-c", "nft -f - && nft list ruleset"], {
      input: `${ruleset({ ...state, endpoints: [] })}${rules}${rules}`,
    });
    expect(stdout).to.include(`${policiesTable} {`);
    expect(stdout).to.match(/ip saddr 10\.0\.0\.0\/8 ip saddr != 10\.2\.0\.0\/16 return/);
    expect(stdout).to.match(
      /ip daddr \. tcp dport \{ 10\.244\.0\.10 \. 80,\s+10\.244\.0\.11 \. 80 \} return/,
    );
  });
});
