import { expect } from "chai";
import { check } from "../../../components/checks";
import { charts } from "../../../components/mesh/installation";
import { istio } from "../../../components/versions";
import { malai } from "../../../platforms/malai";
import { type Rendered, renderPlan } from "../../support/render";
import { planFor } from "./plans";

const releasesOf = (resources: Rendered[]) =>
  resources.filter(({ type }) => type === "kubernetes:helm.sh/v3:Release").map(({ inputs }) => inputs);

describe("Istio's installation", () => {
  it("[C3] is by its own charts in one version, where the settings say so", async () => {
    const releases = releasesOf(await renderPlan(planFor(malai, { mesh: { install: true } })));
    expect(releases.map(({ chart, version, namespace }) => ({ chart, version, namespace }))).to.deep.equal(
      ["base", "cni", "istiod"].map((chart) => ({ chart, version: istio, namespace: "istio-system" })),
    );
    expect(releases.every(({ atomic, createNamespace }) => atomic && createNamespace)).to.equal(true);
  });

  it("[C3] is left to the cluster where they do not", async () => {
    expect(releasesOf(await renderPlan(planFor(malai)))).to.deep.equal([]);
  });

  it("[O13] redirects traffic by the CNI plugin, as Pod Security restricted refuses the init container", () => {
    const istiod = charts.find(({ chart }) => chart === "istiod");
    expect(istiod?.values.pilot).to.deep.include({ cni: { enabled: true } });
  });

  it("is refused beside a mesh that is switched off", () => {
    const problems = check(planFor(malai, { mesh: { enabled: false, install: true } }));
    expect(problems).to.deep.equal([
      {
        at: "platform:mesh.install",
        problem: "the mesh is not enabled",
        remedy: "set platform:mesh.enabled to true, or remove it",
      },
    ]);
  });
});
