import { readFileSync } from "node:fs";
import { expect } from "chai";
import type { Catalog } from "../../model/catalog";
import { check } from "../../model/checks";
import { makePlan } from "../../model/make-plan";
import { type Rendered, renderPlan, settingsOf } from "../support/render";
import { boutique } from "./boutique";

describe("A third platform", () => {
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

  it("has eleven services in under 90 lines, and imports nothing but the catalog's helpers", () => {
    const text = readFileSync("test/platforms/boutique.ts", "utf8");
    expect(Object.keys(boutique.services)).to.have.length(11);
    expect(text.split("\n").length).to.be.below(90);
    expect(text.match(/^import /gm)).to.have.length(1);
  });

  it("asks for what its environments owe, and for nothing else", () => {
    expect(check(plan).map(({ problem }) => problem)).to.deep.equal(["MAIL_FROM is not set"]);
  });

  it("gets a Deployment, an autoscaler and an account for each service, as the shipped platforms do", () => {
    const services = Object.keys(boutique.services);
    expect(named("Deployment")).to.include.members(services);
    expect(named("ServiceAccount")).to.include.members(services);
    expect(named("HorizontalPodAutoscaler")).to.have.length(11);
  });

  it("gets one login for each service that declares a database, and one for the metrics", () => {
    const jobs = named("Job");
    expect(jobs.sort()).to.deep.equal(
      ["catalog", "checkout", "metrics", "payment", "reviews", "shipping"].map((name) => `postgres-${name}`),
    );
  });
});
