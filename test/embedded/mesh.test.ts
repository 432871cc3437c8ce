import { expect } from "chai";
import type { KubernetesObject } from "../../embedded/cluster/api";
import { podNetwork } from "../../embedded/cluster/cni";
import { istiod } from "../../embedded/cluster/mesh/istiod";
import { meshAddons } from "../../embedded/cluster/mesh/objects";
import { wantedImages } from "../../embedded/images/wanted";
import { planOf } from "../../platforms";
import { settingsOf } from "../support/render";

const object = (kind: string, more: object = {}): KubernetesObject => ({
  apiVersion: "v1",
  kind,
  metadata: { name: "istiod" },
  ...more,
});

describe("The mesh of the embedded cluster", () => {
  const made = meshAddons([
    object("Deployment"),
    object("Service", { spec: { selector: { app: "istiod" }, ports: [{ name: "https-dns", port: 15012 }] } }),
    object("ClusterRoleBinding", { subjects: [{ kind: "ServiceAccount", name: "istiod" }] }),
  ]);
  const find = (kind: string, name = "istiod") =>
    made.find(({ object }) => object.kind === kind && object.metadata.name === name)?.object;

  it("has the chart's objects but for what would run it inside", () => {
    expect(find("Deployment")).to.equal(undefined);
    expect(find("Namespace", "istio-system")).to.not.equal(undefined);
  });

  it("gives the rights to the daemon beside the cluster", () => {
    expect(find("ClusterRoleBinding")?.subjects).to.deep.equal([
      { apiGroup: "rbac.authorization.k8s.io", kind: "User", name: "system:istiod" },
    ]);
  });

  it("leads the control plane's Service to this machine", () => {
    expect(find("Service")?.spec).to.deep.equal({ ports: [{ name: "https-dns", port: 15012 }] });
    expect(find("EndpointSlice")).to.deep.include({
      endpoints: [{ addresses: ["10.244.0.1"], conditions: { ready: true } }],
      ports: [
        { name: "https-dns", protocol: "TCP", port: 15012 },
        { name: "https-webhook", protocol: "TCP", port: 15017 },
        { name: "http-monitoring", protocol: "TCP", port: 15014 },
      ],
    });
  });

  it("refuses a kind that nobody has thought of", () => {
    expect(() => meshAddons([object("Ingress")])).to.throw(/Istio's chart has a Ingress/);
  });

  it("leads pods' traffic to their sidecars without a right of theirs, and only in a mesh", () => {
    const types = (mesh: boolean) => podNetwork({ mesh }).plugins.map(({ type }) => type);
    expect(types(false)).to.deep.equal(["bridge"]);
    expect(types(true)).to.deep.equal(["bridge", "istio-cni"]);
  });

  it("offers nothing unencrypted to pods", () => {
    const { args } = istiod({ path: (tool) => `/tools/${tool}`, binDir: "/tools" });
    expect(args).to.include("--grpcAddr=").and.include("--httpAddr=127.0.0.1:15016");
    expect(args).to.include("--secureGRPCAddr=10.244.0.1:15012");
  });

  it("takes the sidecar's image where a stack has a mesh", () => {
    const wanted = (mesh: object) => wantedImages(planOf(settingsOf("dev", { mesh }))).sidecar;
    expect(wanted({})).to.equal("docker.io/istio/proxyv2:1.31.4");
    expect(wanted({ enabled: false })).to.equal(undefined);
  });
});
