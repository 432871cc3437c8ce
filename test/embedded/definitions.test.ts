import { expect } from "chai";
import { istio } from "../../components/versions";
import { type Found, missing } from "../../embedded/cluster/definitions";

const wanted = ["gateways", "sidecars"].map((name) => ({
  apiVersion: "apiextensions.k8s.io/v1",
  kind: "CustomResourceDefinition",
  metadata: { name },
}));

const found = (name: string, release = istio, established = "True"): Found => ({
  metadata: { name, annotations: { "microservice-platform.local/istio-api": release } },
  status: { conditions: [{ type: "Established", status: established }] },
});

describe("Definitions of Istio's objects", () => {
  const namesOfMissing = (...there: Found[]) => missing(wanted, there).map(({ metadata }) => metadata.name);

  it("are left alone when the cluster serves them all", () => {
    expect(namesOfMissing(found("gateways"), found("sidecars"))).to.deep.equal([]);
  });

  it("are applied where the cluster lacks one", () => {
    expect(namesOfMissing(found("gateways"))).to.deep.equal(["sidecars"]);
  });

  it("are applied where the cluster has one of another release, or of somebody else", () => {
    const foreign = { ...found("sidecars"), metadata: { name: "sidecars" } };
    expect(namesOfMissing(found("gateways", "1.0.0"), foreign)).to.deep.equal(["gateways", "sidecars"]);
  });

  it("are waited for until the API server serves them", () => {
    const fresh = { ...found("gateways"), status: undefined };
    expect(namesOfMissing(fresh, found("sidecars", istio, "False"))).to.deep.equal(["gateways", "sidecars"]);
  });
});
