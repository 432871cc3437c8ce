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

  it("lets services go before the data stores, and development before production", () => {
    const value = (resources: Rendered[], name: string) => objectOf(resources, "PriorityClass", name).value;
    const order = [
      value(prod, "malai-data"),
      value(prod, "malai-services"),
      value(dev, "malai-dev-data"),
      value(dev, "malai-dev-services"),
    ];
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
      if (stores.includes(name)) expect(priority, name).to.equal("malai-data");
      else expect(priority, `${kind} ${name}`).to.be.oneOf(["malai-services", "malai-data"]);
    }
    expect(pods).to.have.length.above(7);
  });
});
