import { readFileSync } from "node:fs";
import { expect } from "chai";
import type { Catalog } from "../../model/catalog";
import { check } from "../../model/checks";
import { makePlan } from "../../model/make-plan";
import { objectOf, type Rendered, renderPlan, settingsOf } from "../support/render";
import { boutique } from "./boutique";

describe("A third platform, of gRPC and a load generator", () => {
  const plan = makePlan(
    boutique as Catalog,
    settingsOf("prod", { services: {}, configuration: {}, host: "shop.example.com" }, boutique as Catalog),
  );
  let resources: Rendered[];
  before(async () => {
    resources = await renderPlan(plan);
  });
  const named = (kind: string) =>
    resources.filter(({ inputs }) => inputs.kind === kind).map(({ inputs }) => inputs.metadata.name);
  const services = Object.keys(boutique.services);

  it("has eleven services in under 60 lines, and imports nothing but the catalog's helpers", () => {
    const text = readFileSync("test/platforms/boutique.ts", "utf8");
    expect(services).to.have.length(11);
    expect(text.split("\n").length).to.be.below(60);
    expect(text.match(/^import /gm)).to.have.length(1);
  });

  it("has nothing that the checks refuse: two services of one port each way", () => {
    expect(check(plan)).to.deep.equal([]);
  });

  it("gets a Deployment, an autoscaler and an account for each service, as the shipped platforms do", () => {
    expect(named("Deployment")).to.include.members(services);
    expect(named("ServiceAccount")).to.include.members(services);
    expect(named("HorizontalPodAutoscaler")).to.have.members(services);
  });

  it("[N3] gets no Service for the load generator, which nothing calls", () => {
    expect(named("Service")).to.include.members(services.filter((name) => name !== "loadgenerator"));
    expect(named("Service")).not.to.include("loadgenerator");
  });

  it("[N4] probes a gRPC service by its health service, and names its protocol to the mesh", () => {
    const [container] = objectOf(resources, "Deployment", "adservice").spec.template.spec.containers;
    expect(container.readinessProbe.grpc).to.deep.equal({ port: 9555 });
    const [port] = objectOf(resources, "Service", "adservice").spec.ports;
    expect(port.name).to.equal("grpc");
  });

  it("gets no store that none of its services uses", () => {
    expect(named("StatefulSet")).to.include("redis");
    expect(named("StatefulSet")).not.to.include.members(["postgres", "rabbitmq"]);
  });
});
