import { expect } from "chai";
import { malai } from "../../../platforms/malai";
import { objectOf, type Rendered, render, settingsOf } from "../../support/render";

describe("Sidecars", () => {
  let resources: Rendered[];
  const templates = () =>
    resources.filter(({ inputs }) => inputs.spec?.template?.spec).map(({ inputs }) => inputs);
  before(async () => {
    resources = await render(malai, settingsOf("dev"));
  });

  it("take what the stack says, beside every pod", () => {
    expect(templates()).to.have.length.above(10);
    for (const { metadata, spec } of templates()) {
      expect(spec.template.metadata.annotations, metadata.name).to.include({
        "sidecar.istio.io/proxyCPU": "10m",
        "sidecar.istio.io/proxyMemory": "64Mi",
        "sidecar.istio.io/proxyCPULimit": "1",
        "sidecar.istio.io/proxyMemoryLimit": "256Mi",
      });
    }
  });

  it("[D6] tell how each version answers, and little else", () => {
    const { annotations } = objectOf(resources, "Deployment", "api-gateway").spec.template.metadata;
    const { proxyStatsMatcher } = JSON.parse(annotations["proxy.istio.io/config"]);
    const [metrics] = proxyStatsMatcher.inclusionRegexps;
    const isRead = (name: string) => new RegExp(`^${metrics}$`).test(name);
    const callee = "cluster.outbound|80|v2|auth-service.malai.svc.cluster.local;";
    expect(["upstream_rq_5xx", "upstream_rq_time"].map((name) => isRead(`${callee}.${name}`))).to.deep.equal([
      true,
      true,
    ]);
    expect(isRead(`${callee}.upstream_cx_total`)).to.equal(false);
    expect(isRead("cluster.inbound|3000||;.upstream_rq_5xx")).to.equal(false);
  });

  it("[D4] leave nginx's public ports alone, so that it sees its clients' own addresses", () => {
    const key = "traffic.sidecar.istio.io/excludeInboundPorts";
    const excluded = templates()
      .filter(({ spec }) => key in spec.template.metadata.annotations)
      .map(({ metadata, spec }) => [metadata.name, spec.template.metadata.annotations[key]]);
    expect(excluded).to.deep.equal([["nginx", "8080,8443"]]);
  });

  it("[D13] give Prometheus their certificates, and let its own connections pass", () => {
    const { metadata, spec } = objectOf(resources, "StatefulSet", "prometheus").spec.template;
    expect(metadata.annotations["traffic.sidecar.istio.io/includeOutboundIPRanges"]).to.equal("");
    const [volume] = Object.entries(JSON.parse(metadata.annotations["sidecar.istio.io/userVolumeMount"]));
    expect(volume).to.deep.equal(["istio-certificates", { mountPath: "/etc/istio-output-certs" }]);
    expect(spec.containers[0].volumeMounts).to.deep.include({
      name: "istio-certificates",
      mountPath: "/etc/istio-output-certs",
      readOnly: true,
    });
  });

  it("are not spoken of where there is no mesh", async () => {
    const alone = await render(malai, settingsOf("dev", { mesh: { enabled: false } }));
    expect(JSON.stringify(alone.map(({ inputs }) => inputs.spec ?? {}))).not.to.contain("istio");
  });
});
