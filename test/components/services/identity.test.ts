import { expect } from "chai";
import type { Catalog } from "../../../model/catalog";
import { makePlan } from "../../../model/make-plan";
import { malai } from "../../../platforms/malai";
import { objectOf, type Rendered, renderPlan, settingsOf } from "../../support/render";

const ROLE = "eks.amazonaws.com/role-arn";

describe("A service with an identity at a cloud", () => {
  const catalog: Catalog = {
    ...(malai as Catalog),
    services: {
      web: {
        port: 3001,
        cloudMetadata: true,
        serviceAccountAnnotations: { [ROLE]: "role-of-all", "example.com/team": "shop" },
      },
      other: { port: 3002 },
    },
  };
  const planWith = (changes = {}) => {
    const services = { web: { serviceAccountAnnotations: { [ROLE]: "role-of-production" } } };
    return makePlan(catalog, settingsOf("prod", { services, ...changes }, catalog));
  };
  let resources: Rendered[];
  before(async () => {
    resources = await renderPlan(planWith());
  });
  const annotationsOf = (name: string, all = resources) =>
    objectOf(all, "Deployment", name).spec.template.metadata.annotations;

  it("[N9] has the annotations of its entry on its account, and those that its environment says instead", () => {
    expect(objectOf(resources, "ServiceAccount", "web").metadata.annotations).to.deep.equal({
      [ROLE]: "role-of-production",
      "example.com/team": "shop",
    });
    expect(objectOf(resources, "ServiceAccount", "other").metadata).to.not.have.property("annotations");
  });

  it("[N9] may ask the cloud's metadata server where its entry says so, and no other service may", () => {
    const allowed = (name: string) =>
      (objectOf(resources, "NetworkPolicy", name).spec.egress ?? []).map(
        ({ to, ports }: any) => `${to[0].ipBlock?.cidr}:${ports.map(({ port }: any) => port)}`,
      );
    expect(allowed("web")).to.deep.equal([
      "169.254.169.254/32:80",
      "169.254.169.252/32:987,988",
      "169.254.170.23/32:80",
    ]);
    expect(allowed("other")).to.deep.equal([]);
  });

  it("[N9] asks it past its sidecar, which knows no name of it", async () => {
    const key = "traffic.sidecar.istio.io/excludeOutboundIPRanges";
    expect(annotationsOf("web")[key]).to.equal("169.254.169.254/32,169.254.169.252/32,169.254.170.23/32");
    expect(annotationsOf("other")).to.not.have.property(key);
    const meshless = await renderPlan(planWith({ mesh: { enabled: false } }));
    expect(annotationsOf("web", meshless)).to.not.have.property(key);
  });
});
