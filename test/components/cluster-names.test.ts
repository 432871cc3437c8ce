import { expect } from "chai";
import { parseSettings } from "../../model/settings";
import { catalogs } from "../../platforms";
import { malai } from "../../platforms/malai";
import { readStackFile, valuesOf } from "../../stacks/stack-file";
import { objectOf, type Rendered, render, settingsOf } from "../support/render";

describe("A cluster with another domain and a cache for names on its nodes", () => {
  const cluster = { domain: "k8s.example.net", nameServers: ["169.254.20.10", "fd00::a"] };
  let resources: Rendered[];
  before(async () => {
    resources = await render(malai, settingsOf("prod", { cluster }));
  });

  it("[R46] gets no name that ends with cluster.local", () => {
    const objects = resources
      .filter(({ inputs }) => inputs.kind !== "AuthorizationPolicy")
      .map(({ inputs }) => JSON.stringify(inputs));
    expect(objects.filter((text) => /svc\.cluster\.local/.test(text))).to.deep.equal([]);
  });

  it("[R46] lets each workload see its callees by that domain, and RabbitMQ's nodes find each other", () => {
    const sidecar = objectOf(resources, "Sidecar", "auth-service");
    expect(sidecar.spec.egress[0].hosts).to.include.members([
      "./redis.malai.svc.k8s.example.net",
      "kube-system/kube-dns.kube-system.svc.k8s.example.net",
    ]);
    const rabbitmq = objectOf(resources, "StatefulSet", "rabbitmq");
    expect(rabbitmq.spec.template.spec.dnsConfig.searches).to.deep.equal([
      "rabbitmq-nodes.malai.svc.k8s.example.net",
    ]);
  });

  it("[R46] lets every pod ask the cache, past its sidecar", () => {
    const policy = objectOf(resources, "NetworkPolicy", "allow-dns");
    expect(policy.spec.egress[0].to.slice(1)).to.deep.equal([
      { ipBlock: { cidr: "169.254.20.10/32" } },
      { ipBlock: { cidr: "fd00::a/128" } },
    ]);
    for (const [kind, name] of [
      ["Deployment", "auth-service"],
      ["Deployment", "nginx"],
      ["StatefulSet", "postgres"],
    ] as const) {
      const { annotations } = objectOf(resources, kind, name).spec.template.metadata;
      expect(annotations).to.include({
        "traffic.sidecar.istio.io/excludeOutboundIPRanges": "169.254.20.10/32,fd00::a/128",
      });
    }
  });

  it("[R46] is refused with what is no domain and no address", () => {
    const wrong = { domain: "Cluster.Local", nameServers: ["kube-dns"] };
    const parsed = parseSettings({ ...valuesOf(readStackFile("prod")), cluster: wrong }, catalogs);
    expect("problems" in parsed && parsed.problems.map(({ at }) => at)).to.deep.equal([
      "platform:cluster.domain",
      "platform:cluster.nameServers.0",
    ]);
  });
});
