import { expect } from "chai";
import { killDuring } from "../support/kill";
import { objectsInCluster, objectsInState } from "../support/ownership";
import { small } from "../support/small";
import { summaryOf } from "../support/stack";

/** What a preview says; then `up` does it, and the next preview is empty. */
async function up(): Promise<void> {
  const { exitCode, all } = await small.up();
  expect(exitCode, all).to.equal(0);
  expect(await small.changes()).to.deep.equal([]);
}

const preview = async () => summaryOf(await small.changes());

describe("A change", () => {
  before(() => small.ensureUp());

  it("[R58] of a Secret's value to another spelling of the same quantity is one: the pods get the new one", async () => {
    await small.setSecret("JWT_SECRET", "1");
    expect(await preview()).to.deep.equal([
      "update Deployment small-auth-service",
      "update Secret small-secrets",
    ]);
    await up();
    expect(
      await small.kubectl("exec", "deployment/auth-service", "--", "node", "-p", "process.env.JWT_SECRET"),
    ).to.equal("1");
  });

  it("[R42] of platform:tier replaces the PriorityClasses, whose value cannot change, and no data", async () => {
    // Browsers trust no certificate of the platform's own making: production asks for another.
    const { data } = await small.get("secret/nginx-tls");
    const own = {
      apiVersion: "v1",
      kind: "Secret",
      metadata: { name: "own-tls" },
      type: "kubernetes.io/tls",
      data,
    };
    await small.apply(own);
    await small.set({ tier: "production", certificate: { secret: "own-tls" } });
    const steps = await preview();
    expect(steps.filter((line) => /PriorityClass|Namespace/.test(line))).to.deep.equal([
      "replace PriorityClass small-namespace-data",
      "replace PriorityClass small-namespace-services",
      "update Namespace small-namespace",
    ]);
    expect(steps.filter((line) => /PersistentVolumeClaim|replace StatefulSet/.test(line))).to.deep.equal([]);
    await up();
    const { items } = await small.get("priorityclass", "-l", "app.kubernetes.io/part-of=small");
    expect(items.map(({ metadata, value }: any) => [metadata.name, value])).to.deep.equal([
      ["small-data-1000000-nonpreempting", 1_000_000],
      ["small-services-500000-nonpreempting", 500_000],
    ]);
    const [pod] = (await small.get("pods", "-l", "app=postgres")).items;
    expect(pod.spec.priority).to.equal(1_000_000);
    // Production pins its images, which `make up` insists on.
    await small.set({ tier: "development" });
    await up();
  });

  it("[R20] of platform:storageClass touches no volume that there is: the preview is empty", async () => {
    await small.set({ storageClass: "local" });
    expect(await preview()).to.deep.equal([]);
    await small.set({ storageClass: "small-growing" });
  });

  it("of a volume's size makes it grow in place, without a wait for a volume that is long bound", async () => {
    await small.set({ "alertmanager/storage": "96Mi" });
    const steps = await preview();
    expect(steps.filter((line) => /PersistentVolumeClaim|StatefulSet/.test(line))).to.deep.equal([
      "update PersistentVolumeClaim small-alertmanager-data-0",
    ]);
    await up();
    const { spec } = await small.get("pvc/data-alertmanager-0");
    expect(spec.resources.requests.storage).to.equal("96Mi");
  });

  it("of a service's version rolls its pods: no selector has it, so nothing is replaced", async () => {
    await small.set({ "services/auth-service": { version: "v2" } });
    expect((await preview()).filter((line) => /Deployment|Service\b/.test(line))).to.deep.equal([
      "update Deployment small-auth-service",
    ]);
    await small.set({ "services/auth-service": undefined });
  });

  it("of an immutable selector replaces the Deployments, as the preview says", async () => {
    await small.rewrite(
      "components/services/microservice.ts",
      "track: version.track } }",
      'track: version.track, "app.kubernetes.io/part-of": platform } }',
    );
    expect(await preview()).to.deep.equal([
      "replace Deployment small-api-gateway",
      "replace Deployment small-auth-service",
    ]);
  });

  it("that replaces goes on after a kill -9 in its middle: with the old one deleted, and the new one half made", async () => {
    const operation = /^creating Deployment small-auth-service$/;
    const checkpoint = () => small.checkpoint();
    await killDuring({ operation, checkpoint }, small.start("pulumi up"));
    const { resources } = await small.checkpoint();
    const [old] = resources.filter(
      ({ urn, type }) => /Deployment$/.test(type) && urn.endsWith("::small-auth-service"),
    );
    expect(old.pendingReplacement, "deleted, and not yet replaced").to.equal(true);

    const { exitCode, all } = await small.makeUp();
    expect(exitCode, all).to.equal(0);
    expect(await preview()).to.deep.equal([]);
    const { spec } = await small.get("deployment/auth-service");
    expect(spec.selector.matchLabels).to.deep.equal({
      app: "auth-service",
      track: "stable",
      "app.kubernetes.io/part-of": "small",
    });
    expect(await objectsInCluster()).to.deep.equal(await objectsInState());
  });
});
