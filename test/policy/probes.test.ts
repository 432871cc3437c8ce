import { expect } from "chai";
import { probes } from "../../policy/probes";
import { deployment, lawful, messages } from "./objects";

describe("Policy: probes", () => {
  it("[O12] a container without a probe is named with the one it lacks", () => {
    expect(messages(probes, deployment({ readinessProbe: undefined }))).to.deep.equal([
      "Deployment shop/web, container web: has no readinessProbe; " +
        "add one, such as an httpGet of its health endpoint",
    ]);
  });

  it("a sidecar needs both, although it is an init container", () => {
    const sidecar = { name: "proxy", restartPolicy: "Always" };
    expect(messages(probes, deployment({}, { initContainers: [sidecar] }))).to.deep.equal(
      ["livenessProbe", "readinessProbe"].map(
        (probe) =>
          `Deployment shop/web, init container proxy: has no ${probe}; ` +
          "add one, such as an httpGet of its health endpoint",
      ),
    );
  });

  it("[N5] a pod that says which probe it does without lacks that one no more, and any other still", () => {
    const { spec, ...object } = deployment({ readinessProbe: undefined, livenessProbe: undefined });
    const metadata = { annotations: { "platform/unprobed": "readinessProbe" } };
    const said = { ...object, spec: { template: { ...spec.template, metadata } } };
    expect(messages(probes, said)).to.deep.equal([
      "Deployment shop/web, container web: has no livenessProbe; " +
        "add one, such as an httpGet of its health endpoint",
    ]);
  });

  it("a container that ends by itself needs no probe", () => {
    const bare = { ...lawful, livenessProbe: undefined, readinessProbe: undefined };
    const template = { spec: { containers: [bare] } };
    const job = { kind: "Job", spec: { template } };
    const cronJob = { kind: "CronJob", spec: { jobTemplate: { spec: { template } } } };
    const waits = deployment({}, { initContainers: [bare] });
    expect([job, cronJob, waits].flatMap((object) => messages(probes, object))).to.deep.equal([]);
  });
});
