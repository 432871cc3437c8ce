import { expect } from "chai";
import { istioReleases } from "../../components/mesh/charts";
import { podNetwork, withIstio } from "../../embedded/cluster/network/cni";
import { planImagesOf } from "../../embedded/images/plan-images";
import { istioSettingsIn, onNode } from "../../embedded/mesh-settings";
import { parseIstioSettings } from "../../model/settings/istio";
import { planOf } from "../../stacks/plan";
import { replacedText } from "../../stacks/replacements";
import { readStackFile, valuesOf } from "../../stacks/stack-file";
import { settingsOf } from "../support/render";

describe("The mesh of the embedded cluster", () => {
  const file = readStackFile("istio");
  const text = replacedText(file.text, onNode(valuesOf(file), "/charts"));
  const parsed = parseIstioSettings(valuesOf({ ...file, text }));
  const releases: any[] = "settings" in parsed ? istioReleases(parsed.settings.istio) : [];
  const [base, cni, istiod] = releases;

  it("is the stack of every cluster, with its charts from a folder", () => {
    expect(releases.map(({ chart }) => chart)).to.deep.equal([
      "/charts/base",
      "/charts/cni",
      "/charts/istiod",
    ]);
    expect(istiod.values.pilot).to.include({ autoscaleMin: 1, autoscaleMax: 1 });
    expect(istiod.values.pilot.env.ENABLE_NATIVE_SIDECARS).to.equal("true");
    expect(base.values).to.deep.equal({ defaultRevision: "default" });
  });

  it("asks for no filter that Envoy's own build lacks, and for nft in the place of iptables", () => {
    expect(istiod.values.telemetry).to.deep.equal({ enabled: false });
    expect(istiod.values.pilot.env).to.include({
      PILOT_ENABLE_ALPN_FILTER: "false",
      PILOT_ENABLE_METADATA_EXCHANGE: "false",
    });
    expect([cni, istiod].map(({ values }) => values.global)).to.deep.equal([
      { nativeNftables: true },
      { nativeNftables: true },
    ]);
  });

  it("puts its CNI plugin where the node's container runtime looks", () => {
    expect(cni.values.cniBinDir).to.match(/cluster\/config\/cni-plugins$/);
    expect(cni.values.cniConfDir).to.match(/cluster\/config\/cni$/);
  });

  it("has pods that started without the plugin replaced, as their traffic cannot be redirected afterwards", () => {
    expect(cni.values.repair).to.deep.equal({ repairPods: false, deletePods: true });
  });

  it("refuses the Istio of another cluster", () => {
    expect(() => istioSettingsIn(readStackFile("istio-prod"))).to.throw(
      /stack istio-prod belongs to the cluster "production".*\n.*make up STACK=istio$/,
    );
  });

  it("keeps the plugin in the network that Istio has added it to, and adds none by itself", () => {
    const types = (inUse?: typeof podNetwork) => withIstio(podNetwork, inUse).plugins.map(({ type }) => type);
    expect(types()).to.deep.equal(["bridge"]);
    const plugins = [{ type: "older-bridge" }, { type: "istio-cni" }];
    expect(types({ ...podNetwork, plugins })).to.deep.equal(["bridge", "istio-cni"]);
  });

  it("takes Istio's images where a stack has a mesh", () => {
    const meshImages = (mesh: object) => planImagesOf(planOf(settingsOf("dev", { mesh }))).mesh;
    expect(Object.values(meshImages({}) ?? {})).to.deep.equal(
      ["proxyv2", "pilot", "install-cni"].map((name) => `docker.io/istio/${name}:1.31.4`),
    );
    expect(meshImages({ enabled: false })).to.equal(undefined);
  });
});
