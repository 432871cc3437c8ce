import { expect } from "chai";
import { dealcycle } from "../../../platforms/dealcycle";
import { malai } from "../../../platforms/malai";
import { objectOf, type Rendered, render, settingsOf } from "../../support/render";

const SKIP = "pulumi.com/skipAwait";
const TIMEOUT = "pulumi.com/timeoutSeconds";

/** Kinds that the Kubernetes provider waits for (v4.25.0, pkg/await/awaiters.go), as far as the program makes them. */
const AWAITED = ["Deployment", "StatefulSet", "Job", "Service", "PersistentVolumeClaim", "Ingress"];

describe("Waits of pulumi up", () => {
  let prod: Rendered[];
  let controller: Rendered[];
  before(async () => {
    prod = await render(malai, settingsOf("prod"));
    controller = await render(dealcycle, settingsOf("dealcycle-prod"));
  });
  const annotations = (kind: string, name: string, resources = prod) =>
    objectOf(resources, kind, name).metadata.annotations;

  it("are declared for each object that the provider waits for: how long, or not at all", () => {
    for (const { inputs } of [...prod, ...controller]) {
      if (!AWAITED.includes(inputs.kind)) continue;
      const { name, annotations } = inputs.metadata;
      const [declared] = [annotations?.[TIMEOUT], annotations?.[SKIP]].filter(Boolean);
      expect(declared, `${inputs.kind} ${name}`).to.match(/^(\d+|true)$/);
    }
  });

  it("of a Deployment grow with the pods that it may have, one after the other", () => {
    expect(annotations("Deployment", "api-gateway")[TIMEOUT]).to.equal(String(300 + 9 * 30));
    expect(annotations("Deployment", "nginx")[TIMEOUT]).to.equal(String(300 + 2 * 30));
  });

  it("of a data store are longer than the time in which it may start", () => {
    const start = objectOf(prod, "StatefulSet", "postgres").spec.template.spec.containers[0].startupProbe;
    const limit = start.periodSeconds * start.failureThreshold;
    expect(Number(annotations("StatefulSet", "postgres")[TIMEOUT])).to.equal(limit + 120);
    expect(Number(annotations("StatefulSet", "rabbitmq")[TIMEOUT])).to.equal(limit + 120 + 2 * 180);
  });

  it("[R35] of a login's Job end with the Job, which the next up makes anew when it has failed", () => {
    const job = objectOf(prod, "Job", "postgres-auth-service");
    expect(job.spec.activeDeadlineSeconds).to.equal(300);
    expect(job.metadata.annotations).to.deep.equal({
      [TIMEOUT]: "330",
      "pulumi.com/replaceUnready": "true",
    });
  });

  it("of Services, volumes and Ingresses are none: their pods' workload is waited for", () => {
    expect(annotations("Service", "api-gateway")).to.deep.equal({ [SKIP]: "true" });
    expect(annotations("Service", "rabbitmq")).to.deep.equal({ [SKIP]: "true" });
    expect(annotations("PersistentVolumeClaim", "data-postgres-0")).to.deep.equal({ [SKIP]: "true" });
    for (const { inputs } of controller) {
      if (inputs.kind === "Ingress") expect(inputs.metadata.annotations).to.include({ [SKIP]: "true" });
    }
  });

  it("of the front door's load balancer last until the cloud has made it", async () => {
    expect(annotations("Service", "nginx")).to.deep.equal({ [TIMEOUT]: String(600 + 2 * 30) });
    const inside = await render(malai, settingsOf("prod", { frontDoor: { type: "ClusterIP" } }));
    expect(annotations("Service", "nginx", inside)).to.deep.equal({ [SKIP]: "true" });
  });
});
