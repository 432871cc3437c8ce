import { expect } from "chai";
import { dealcycle } from "../../../platforms/dealcycle";
import { malai } from "../../../platforms/malai";
import { objectOf, type Rendered, render, settingsOf } from "../../support/render";

describe("Autoscaler", () => {
  let resources: Rendered[];
  before(async () => {
    resources = await render(dealcycle, settingsOf("dealcycle-prod"));
  });
  const autoscaler = (name: string) => objectOf(resources, "HorizontalPodAutoscaler", name).spec;

  it("[O6] scales from 2 to 10 where the stack says nothing else", async () => {
    const defaults = await render(malai, settingsOf("prod", { defaults: {} }));
    const { minReplicas, maxReplicas } = objectOf(defaults, "HorizontalPodAutoscaler", "auth-service").spec;
    expect([minReplicas, maxReplicas]).to.deep.equal([2, 10]);
  });

  it("[O6] [D3] scales by cpu at 70 % and memory at 80 %", () => {
    const target = (name: string, averageUtilization: number) => ({
      type: "ContainerResource",
      containerResource: {
        name,
        container: "auth-service",
        target: { type: "Utilization", averageUtilization },
      },
    });
    expect(autoscaler("auth-service").metrics).to.deep.equal([target("cpu", 70), target("memory", 80)]);
  });

  it("[D2] never runs fewer than three replicas in production", () => {
    for (const name of Object.keys(dealcycle.services)) {
      expect(autoscaler(name).minReplicas, name).to.equal(3);
    }
  });

  it("[R26] waits for its Deployment: its least number sinks only once the pods of a finished release are ready", () => {
    const { options } = resources.find(
      ({ inputs }) => inputs.kind === "HorizontalPodAutoscaler" && inputs.metadata.name === "auth-service",
    ) as Rendered;
    const awaited = [options.dependsOn].flat().map((resource: any) => resource.__pulumiType);
    expect(awaited).to.deep.equal(["kubernetes:apps/v1:Deployment"]);
  });

  it("[D3] scales up twofold within 15 s, without waiting", () => {
    expect(autoscaler("auth-service").behavior.scaleUp).to.deep.equal({
      selectPolicy: "Max",
      stabilizationWindowSeconds: 0,
      policies: [{ type: "Percent", value: 100, periodSeconds: 15 }],
    });
  });

  it("[D3] scales down by at most 10 % a minute", () => {
    expect(autoscaler("auth-service").behavior.scaleDown.policies).to.deep.equal([
      { type: "Percent", value: 10, periodSeconds: 60 },
    ]);
  });

  it("[D11] begins to scale down well within five minutes", () => {
    expect(autoscaler("auth-service").behavior.scaleDown.stabilizationWindowSeconds).to.equal(120);
  });

  it("scales the Deployment of its service", () => {
    expect(autoscaler("users-service").scaleTargetRef).to.deep.equal({
      apiVersion: "apps/v1",
      kind: "Deployment",
      name: "users-service",
    });
  });
});
