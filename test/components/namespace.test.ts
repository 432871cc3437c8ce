import { expect } from "chai";
import { malai } from "../../platforms/malai";
import { objectOf, type Rendered, render, settingsOf } from "../support/render";

describe("Namespace", () => {
  let prod: Rendered[];
  let dev: Rendered[];
  before(async () => {
    prod = await render(malai, settingsOf("prod"));
    dev = await render(malai, settingsOf("dev", { namespace: "malai-dev", mesh: { enabled: false } }));
  });
  const labels = (resources: Rendered[], name: string) =>
    objectOf(resources, "Namespace", name).metadata.labels;

  it("enforces Pod Security restricted, warns of it and audits it", () => {
    for (const mode of ["enforce", "warn", "audit"]) {
      expect(labels(prod, "malai")[`pod-security.kubernetes.io/${mode}`], mode).to.equal("restricted");
    }
  });

  it("tells whether it is for development or for production", () => {
    expect(labels(prod, "malai")["platform/tier"]).to.equal("production");
    expect(labels(dev, "malai-dev")["platform/tier"]).to.equal("development");
  });

  it("asks for sidecars where the mesh is enabled, and nowhere else", () => {
    expect(labels(prod, "malai")["istio-injection"]).to.equal("enabled");
    expect(labels(dev, "malai-dev")).to.not.have.property("istio-injection");
  });

  const priorityClass = (resources: Rendered[], who: string) =>
    resources.find(({ name, inputs: { kind } }) => kind === "PriorityClass" && name.endsWith(`-${who}`))
      ?.inputs;

  it("lets services go before the data stores, and development before production", () => {
    const value = (resources: Rendered[], who: string) => priorityClass(resources, who).value;
    const order = [value(prod, "data"), value(prod, "services"), value(dev, "data"), value(dev, "services")];
    expect(order).to.deep.equal([...order].sort((a, b) => b - a));
    expect(new Set(order)).to.have.length(4);
  });

  it("gives every pod one of its priorities, and the data stores the higher one", () => {
    const pods = prod.flatMap(({ inputs: { kind, metadata, spec } }) =>
      ["Deployment", "StatefulSet"].includes(kind)
        ? [[kind, metadata.name, spec.template.spec.priorityClassName]]
        : [],
    );
    const stores = ["postgres", "redis", "rabbitmq"];
    for (const [kind, name, priority] of pods) {
      if (stores.includes(name)) expect(priority, name).to.equal("malai-data-1000000-nonpreempting");
      else
        expect(priority, `${kind} ${name}`).to.be.oneOf([
          "malai-services-500000-nonpreempting",
          "malai-data-1000000-nonpreempting",
        ]);
    }
    expect(pods).to.have.length.above(7);
  });

  it("[R47] evicts no pods of others to make room for its own, and says so in its PriorityClasses' names", () => {
    for (const resources of [prod, dev]) {
      for (const who of ["data", "services"]) {
        const { metadata, preemptionPolicy } = priorityClass(resources, who);
        expect(preemptionPolicy).to.equal("Never");
        expect(metadata.name).to.match(/-\d+-nonpreempting$/);
      }
    }
  });

  it("[R42] has other PriorityClasses in another tier: the value of one cannot be changed", async () => {
    const before = await render(malai, settingsOf("dev"));
    const after = await render(malai, settingsOf("dev", { tier: "production" }));
    for (const [who, old, name] of [
      ["data", "malai-data-100000-nonpreempting", "malai-data-1000000-nonpreempting"],
      ["services", "malai-services-50000-nonpreempting", "malai-services-500000-nonpreempting"],
    ] as const) {
      expect(priorityClass(before, who).metadata.name).to.equal(old);
      expect(priorityClass(after, who).metadata.name).to.equal(name);
    }
    const { priorityClassName } = objectOf(after, "StatefulSet", "postgres").spec.template.spec;
    expect(priorityClassName, "pods ask for the new one").to.equal("malai-data-1000000-nonpreempting");
  });

  it("[R42] makes new PriorityClasses before the pods, and deletes the old ones after", () => {
    for (const { inputs, options } of prod) {
      if (inputs.kind === "PriorityClass") expect(options.deleteBeforeReplace).to.not.equal(true);
    }
    const namespace = prod.find(({ inputs }) => inputs.kind === "Namespace");
    expect(namespace?.options.dependsOn).to.have.length(2);
  });
});
