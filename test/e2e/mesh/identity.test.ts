import { expect } from "chai";
import { workloadsOf } from "../../../model/edges";
import { listens } from "../../../model/plan";
import { workloads } from "../../../model/workloads";
import { planOf } from "../../../stacks/plan";
import { settingsOf } from "../../support/render";
import { get } from "../support/cluster";
import { type Door, knock } from "../support/probe";
import { shell, succeed } from "../support/stack";

const plan = planOf(settingsOf("dev"));
const { postgres, redis, rabbitmq, prometheus, alertmanager } = workloads;

/** Every port that a name of the namespace leads to. nginx's are the public ones, outside the mesh. */
const doors: Door[] = [
  ...plan.services
    .filter(listens)
    .map(({ name, port }): Door => ({ app: name, host: name, port: 80, target: port, speaks: "http" })),
  { app: postgres.app, host: postgres.app, port: postgres.port, target: postgres.port, speaks: "postgres" },
  { app: redis.app, host: redis.app, port: redis.port, target: redis.port, speaks: "redis" },
  { app: rabbitmq.app, host: rabbitmq.app, port: rabbitmq.port, target: rabbitmq.port, speaks: "amqp" },
  ...[prometheus, alertmanager].map(
    ({ app, port }): Door => ({ app, host: app, port, target: port, speaks: "http" }),
  ),
];

/** Opens the whole network, so that nothing but the mesh is left to refuse. */
const openNetwork = {
  apiVersion: "networking.k8s.io/v1",
  kind: "NetworkPolicy",
  metadata: { name: "test-open-network", namespace: plan.namespace },
  spec: { podSelector: {}, policyTypes: ["Ingress", "Egress"], ingress: [{}], egress: [{}] },
};

describe("Identities in the mesh", function () {
  this.timeout(300_000);

  before(async () => {
    await succeed("sh", "-c", `kubectl apply -f - <<'POLICY'\n${JSON.stringify(openNetwork)}\nPOLICY`);
  });
  after(async () => {
    await shell("kubectl", "-n", plan.namespace, "delete", "networkpolicy", "test-open-network");
    await shell("kubectl", "delete", "namespace", "platform-outside", "--wait=false");
  });

  it("[D13] of every pair of workloads, the mesh lets through what is declared, and refuses the rest", async () => {
    const callers = workloadsOf(plan);
    const wrong: string[] = [];
    let open = 0;
    // A few at a time: each is a pod with a sidecar.
    for (let first = 0; first < callers.length; first += 4) {
      const answers = await Promise.all(
        callers.slice(first, first + 4).map(async (from) => [from, await knock(from, doors)] as const),
      );
      for (const [from, answered] of answers) {
        for (const { app, target } of doors) {
          const declared = plan.edges.some(
            (edge) => edge.from === from && edge.to === app && edge.port === target,
          );
          const reached = answered[`${app}:${target}`] ?? false;
          if (reached) open += 1;
          if (reached !== declared)
            wrong.push(`${from} → ${app}:${target} ${reached ? "is let through" : "is refused"}`);
        }
      }
    }
    console.log(`        ${callers.length} identities at ${doors.length} doors: ${open} open, as declared`);
    expect(wrong).to.deep.equal([]);
    expect(open).to.be.above(10);
  });

  it("[D13] refuses plain text from outside the mesh at every door", async () => {
    const outside = doors.map((door) => ({
      ...door,
      host: `${door.host}.${plan.namespace}.svc.cluster.local`,
    }));
    const answered = await knock(undefined, outside);
    expect(answered).to.deep.equal(
      Object.fromEntries(doors.map(({ app, target }) => [`${app}:${target}`, false])),
    );
  });

  it("[D13] has a sidecar in every pod, under Pod Security restricted and without a privileged container", async () => {
    const { metadata } = await get("namespace", plan.namespace);
    expect(metadata.labels["pod-security.kubernetes.io/enforce"]).to.equal("restricted");
    const { items } = await get("pods");
    for (const { metadata, spec } of items) {
      const sidecar = spec.initContainers?.find(({ name }: { name: string }) => name === "istio-proxy");
      expect(sidecar?.restartPolicy, metadata.name).to.equal("Always");
      const rights = [...spec.containers, ...spec.initContainers].filter(
        ({ securityContext }: any) => securityContext?.privileged || securityContext?.capabilities?.add,
      );
      expect(rights, metadata.name).to.deep.equal([]);
    }
  });
});
