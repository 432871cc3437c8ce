import { expect } from "chai";
import { until } from "../support/until";
import { shell, succeed } from "./support/stack";

/** Every stack of this checkout, with its namespace on the embedded cluster. */
const stacks = {
  dev: "malai",
  prod: "malai-prod",
  "dealcycle-dev": "dealcycle-crm",
  "dealcycle-prod": "dealcycle-prod",
};

const get = async (namespace: string, ...args: string[]) =>
  JSON.parse(await succeed("kubectl", "-n", namespace, "get", ...args, "-o", "json")).items;

describe("Every platform in every environment", function () {
  this.timeout(180_000);

  for (const [stack, namespace] of Object.entries(stacks)) {
    it(`[C3] [C4] [C5] ${stack} is up, breaks no house rule, and a preview changes nothing`, async () => {
      const { all, exitCode } = await shell("make", "--no-print-directory", "preview", `STACK=${stack}`);
      expect(exitCode, all).to.equal(0);
      expect(all)
        .to.match(/\n\s+\d+ unchanged\b/)
        .and.not.match(/to (create|update|delete|replace)/);
    });

    it(`[C3] [C4] a refresh finds the cluster as ${stack} has asked for it`, async () => {
      const args = ["--stack", stack, "--preview-only", "--expect-no-changes"];
      const { all, exitCode } = await shell("pulumi", "refresh", ...args);
      expect(exitCode, all).to.equal(0);
      expect(all).to.match(/\n\s+\d+ unchanged\b/);
    });

    it(`[D12] ${stack} denies by default what its policies do not name`, async () => {
      const [deny] = (await get(namespace, "networkpolicy")).filter(
        ({ metadata }: any) => metadata.name === "default-deny",
      );
      expect(deny.spec).to.deep.equal({ podSelector: {}, policyTypes: ["Ingress", "Egress"] });
    });

    it(`[O11] ${stack} stays within its quota`, async () => {
      const count = async () => {
        const [quota] = await get(namespace, "resourcequota");
        expect(Object.keys(quota.status.used)).to.include.members(["requests.cpu", "limits.memory", "pods"]);
        const pods = await get(namespace, "pods", "--field-selector=status.phase=Running");
        return [Number(quota.status.used.pods), pods.length];
      };
      // An autoscaler may be adding one.
      await until("it counts the pods that run", 30, count, ([used, running]) => used === running);
    });
  }

  for (const namespace of ["malai-prod", "dealcycle-prod"]) {
    it(`[O5] [D2] ${namespace} runs three replicas of each service, one in each zone`, async () => {
      const zones = new Map<string, string>(
        (await get(namespace, "nodes")).map(({ metadata }: any) => [
          metadata.name,
          metadata.labels["topology.kubernetes.io/zone"],
        ]),
      );
      const pods = await get(namespace, "pods", "-l", "track=stable");
      const services = new Set<string>(pods.map(({ metadata }: any) => metadata.labels.app));
      expect(services.size).to.be.at.least(4);
      for (const service of services) {
        const used = pods
          .filter(({ metadata }: any) => metadata.labels.app === service)
          .map(({ spec }: any) => zones.get(spec.nodeName))
          .sort();
        expect(used, service).to.deep.equal(["zone-a", "zone-b", "zone-c"]);
      }
    });

    it(`[R41] ${namespace} makes up for a lost zone in the two others`, async () => {
      const running = async (): Promise<any[]> =>
        (await get(namespace, "pods", "-l", "app=auth-service,track=stable")).filter(
          ({ metadata, status }: any) => status.phase === "Running" && !metadata.deletionTimestamp,
        );
      const nodes = async () => (await running()).map(({ spec }) => spec.nodeName).sort();
      const takeAway = async (pod: any) =>
        succeed("kubectl", "-n", namespace, "delete", "pod", pod.metadata.name);
      await succeed("kubectl", "cordon", "simulated-c");
      try {
        await takeAway((await running()).find(({ spec }) => spec.nodeName === "simulated-c"));
        const placed = (all: string[]) => all.length >= 3 && !all.includes("simulated-c");
        await until("three run on the nodes that are left", 60, nodes, placed);
      } finally {
        await succeed("kubectl", "uncordon", "simulated-c");
      }
      // Back to one in each zone, as the other tests find it.
      const newest = (one: any, other: any) =>
        other.metadata.creationTimestamp.localeCompare(one.metadata.creationTimestamp);
      await takeAway((await running()).sort(newest)[0]);
      await until("one runs in each zone again", 60, nodes, (all) => all.includes("simulated-c"));
    });

    it(`[O13] ${namespace} gives up one pod of each service at a time, and one node of RabbitMQ`, async () => {
      const budgets = await get(namespace, "poddisruptionbudget");
      expect(budgets.map(({ metadata }: any) => metadata.name)).to.include("rabbitmq");
      for (const { metadata, status } of budgets) {
        expect(status.disruptionsAllowed, metadata.name).to.equal(1);
      }
    });

    it(`[O13] ${namespace} protects every volume, and spreads RabbitMQ over three nodes`, async () => {
      const claims = await get(namespace, "pvc");
      expect(claims.map(({ metadata }: any) => metadata.name)).to.include.members([
        "archive-postgres-0",
        "data-postgres-0",
        "data-rabbitmq-2",
      ]);
      for (const { metadata, status } of claims) expect(status.phase, metadata.name).to.equal("Bound");
      const rabbits = await get(namespace, "pods", "-l", "app=rabbitmq");
      expect(new Set(rabbits.map(({ spec }: any) => spec.nodeName)).size).to.equal(3);
    });
  }
});
