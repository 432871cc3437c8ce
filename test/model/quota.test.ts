import { expect } from "chai";
import { bytesOf, coresOf, quantity } from "../../model/quantity";
import { limitsOf, quotaOf } from "../../model/quota";
import { planOf } from "../../stacks/plan";
import { type Manifest, manifestsOf, stacks } from "../support/manifests";
import { settingsOf } from "../support/render";

const SCALER = "HorizontalPodAutoscaler";
type Kind = "requests" | "limits";
type Resource = "cpu" | "memory";

/** What each sidecar takes, which is added to pods only in the cluster. */
const proxyOf = ({ spec }: Manifest, kind: Kind, resource: Resource) => {
  const name = `sidecar.istio.io/proxy${resource === "cpu" ? "CPU" : "Memory"}${kind === "limits" ? "Limit" : ""}`;
  return quantity(spec.template.metadata.annotations[name]);
};

const workloadsOf = (manifests: Manifest[]) =>
  manifests.filter(({ kind }) => ["Deployment", "StatefulSet", "Job"].includes(kind));

/** Pods that there are at once at the most: a rolling update of everything, and a release of the largest service. */
function podsAtOnce(manifests: Manifest[]): { workload: Manifest; count: number }[] {
  const maximum = ({ metadata }: Manifest): number | undefined =>
    manifests.find(({ kind, spec }) => kind === SCALER && spec.scaleTargetRef.name === metadata.name)?.spec
      .maxReplicas;
  const all = workloadsOf(manifests).map((workload) => ({
    workload,
    count: (maximum(workload) ?? workload.spec.replicas ?? 1) + (workload.kind === "Deployment" ? 1 : 0),
  }));
  const released = all
    .map(({ workload }) => ({ workload, count: maximum(workload) ?? 0 }))
    .sort((a, b) => b.count - a.count)
    .slice(0, 1);
  return [...all, ...released];
}

/** What a pod needs, as the scheduler counts it: an init container may need more than all others together. */
function needed({ spec }: Manifest, kind: Kind, resource: Resource): number {
  const { containers, initContainers = [] } = spec.template.spec;
  const of = (container: any) => quantity(container.resources[kind][resource]);
  const together = containers.reduce((sum: number, container: any) => sum + of(container), 0);
  return Math.max(together, ...initContainers.map(of));
}

describe("Quota", () => {
  for (const stack of stacks) {
    describe(`of ${stack}`, () => {
      let manifests: Manifest[];
      const quota = quotaOf(planOf(settingsOf(stack)));
      const limits = limitsOf(planOf(settingsOf(stack)));
      before(async () => {
        manifests = await manifestsOf(stack);
      });

      it("is what the namespace is given", () => {
        const given = manifests.find(({ kind }) => kind === "ResourceQuota");
        expect(given?.spec.hard).to.deep.equal(quota);
        const range = manifests.find(({ kind }) => kind === "LimitRange");
        expect(range?.spec.limits).to.deep.equal(limits);
      });

      it("[O9] has room for everything at its largest and one service twice, and not for all of it twice", () => {
        const { mesh } = planOf(settingsOf(stack));
        const pods = podsAtOnce(manifests);
        const sum = (of: (workload: Manifest) => number) =>
          pods.reduce((total, { workload, count }) => total + count * of(workload), 0);
        for (const kind of ["requests", "limits"] as const) {
          for (const resource of ["cpu", "memory"] as const) {
            const proxy = (workload: Manifest) => (mesh.enabled ? proxyOf(workload, kind, resource) : 0);
            const most = sum((workload) => needed(workload, kind, resource) + proxy(workload));
            const hard = quantity(quota[`${kind}.${resource}`] as string);
            expect(hard, `${kind}.${resource}`).to.be.within(most, 1.5 * most);
          }
        }
        const count = sum(() => 1);
        expect(Number(quota.pods)).to.be.within(count, 1.5 * count);
      });

      it("has room for every volume and one more beside each, and for none that is larger", () => {
        // What a StatefulSet's template asks for is among them: it adopts these claims.
        const claims = manifests
          .filter(({ kind }) => kind === "PersistentVolumeClaim")
          .map(({ spec }) => spec);
        const sizes = claims.map(({ resources }) => quantity(resources.requests.storage));
        expect(quota.persistentvolumeclaims).to.equal(String(2 * sizes.length));
        const together = sizes.reduce((sum, size) => sum + size, 0);
        expect(quantity(quota["requests.storage"] as string)).to.equal(2 * together);
        const largest = limits.find(({ type }) => type === "PersistentVolumeClaim")?.max.storage as string;
        expect(quantity(largest)).to.equal(Math.max(...sizes));
      });

      it("lets out the ports of the front door, and no other", () => {
        const services = manifests.filter(({ kind }) => kind === "Service");
        const balancers = services.filter(({ spec }) => spec.type === "LoadBalancer");
        const outside = services.filter(({ spec }) => ["NodePort", "LoadBalancer"].includes(spec.type));
        expect(Number(quota["services.loadbalancers"])).to.equal(balancers.length);
        expect(Number(quota["services.nodeports"])).to.equal(
          outside.flatMap(({ spec }) => spec.ports).length,
        );
      });

      it("allows each container what it asks for", () => {
        const max = limits.find(({ type }) => type === "Container")?.max ?? {};
        for (const { metadata, spec } of workloadsOf(manifests)) {
          const { containers, initContainers = [] } = spec.template.spec;
          for (const { name, resources } of [...containers, ...initContainers]) {
            for (const resource of ["cpu", "memory"] as const) {
              const most = quantity(max[resource] as string);
              expect(quantity(resources.limits[resource]), `${metadata.name} ${name}`).to.be.at.most(most);
            }
          }
        }
      });
    });
  }

  it("is written as Kubernetes writes quantities, so that nothing seems to have changed", () => {
    expect([0.25, 2, 1.5].map(coresOf)).to.deep.equal(["250m", "2", "1500m"]);
    expect([2 ** 20, 2 ** 30, 1.5 * 2 ** 30, 2 ** 40].map(bytesOf)).to.deep.equal([
      "1Mi",
      "1Gi",
      "1536Mi",
      "1Ti",
    ]);
  });
});
