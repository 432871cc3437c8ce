import { expect } from "chai";
import { resources } from "../../policy/resources";
import { deployment, lawful, messages } from "./objects";

describe("Policy: resources", () => {
  it("[O12] a container is named with every resource it neither requests nor limits", () => {
    const limits = { cpu: "1" };
    expect(messages(resources, deployment({ resources: { limits } }))).to.deep.equal([
      "Deployment shop/web, container web: has no cpu, no memory, no ephemeral-storage in resources.requests; " +
        "say how much it needs and may take",
      "Deployment shop/web, container web: has no memory, no ephemeral-storage in resources.limits; " +
        "say how much it needs and may take",
    ]);
  });

  it("init containers and the containers of jobs are no exception", () => {
    const bare = { name: "bare" };
    const template = { spec: { containers: [bare] } };
    const cronJob = { kind: "CronJob", spec: { jobTemplate: { spec: { template } } } };
    expect(messages(resources, cronJob)).to.have.length(2);
    expect(messages(resources, deployment({}, { initContainers: [bare] }))).to.have.length(2);
  });

  it("a container that says all is left alone", () => {
    expect(messages(resources, deployment(lawful))).to.deep.equal([]);
  });
});
