import { expect } from "chai";
import type { Catalog } from "../../../model/catalog";
import { makePlan } from "../../../model/make-plan";
import type { Transforms } from "../../../model/transforms";
import { malai } from "../../../platforms/malai";
import { objectOf, type Rendered, renderPlan, settingsOf } from "../../support/render";

const rendered = (transform?: Transforms) => {
  const services = { web: { port: 3001, ...(transform && { transform }) }, other: { port: 3002 } };
  const catalog: Catalog = { ...(malai as Catalog), services };
  const release = { version: "v2", tag: "2.0.0" };
  return renderPlan(makePlan(catalog, settingsOf("prod", { services: { web: { release } } }, catalog)));
};

describe("A transform", () => {
  const names: [string, string][] = [
    ["Deployment", "web"],
    ["Service", "web"],
    ["HorizontalPodAutoscaler", "web"],
    ["PodDisruptionBudget", "web"],
    ["Deployment", "other"],
  ];
  const objects = (resources: Rendered[]) => names.map(([kind, name]) => objectOf(resources, kind, name));
  let unchanged: Rendered[];
  before(async () => {
    unchanged = await rendered();
  });

  it("[N17] changes the pods of each version of its service, and of no other", async () => {
    const resources = await rendered({
      pod: ({ metadata, spec }) => {
        metadata.labels["azure.workload.identity/use"] = "true";
        spec.hostAliases = [{ ip: "10.0.0.1", hostnames: ["legacy"] }];
        spec.containers[0].stdin = true;
        spec.tolerations?.push({ key: "gpu", operator: "Exists" });
      },
    });
    for (const name of ["web", "web-v2"]) {
      const { template } = objectOf(resources, "Deployment", name).spec;
      expect(template.metadata.labels).to.include({ app: "web", "azure.workload.identity/use": "true" });
      expect(template.spec.hostAliases).to.deep.equal([{ ip: "10.0.0.1", hostnames: ["legacy"] }]);
      expect(template.spec.containers[0]).to.include({ name: "web", stdin: true });
      expect(template.spec.tolerations).to.deep.equal([{ key: "gpu", operator: "Exists" }]);
    }
    expect(objectOf(resources, "Deployment", "other")).to.deep.equal(
      objectOf(unchanged, "Deployment", "other"),
    );
  });

  it("[N17] changes the Deployment, the Service, the autoscaler and the disruption budget", async () => {
    const resources = await rendered({
      deployment: ({ metadata, spec }) => {
        metadata.annotations["example.com/owner"] = "shop";
        spec.revisionHistoryLimit = 3;
      },
      service: ({ spec }) => {
        spec.internalTrafficPolicy = "Local";
      },
      autoscaler: ({ spec }) => {
        spec.maxReplicas = 7;
      },
      disruptionBudget: ({ spec }) => {
        spec.maxUnavailable = 2;
      },
    });
    const [deployment, service, autoscaler, budget] = objects(resources);
    expect(deployment.metadata.annotations).to.include({ "example.com/owner": "shop" });
    expect(deployment.spec.revisionHistoryLimit).to.equal(3);
    expect(service.spec.internalTrafficPolicy).to.equal("Local");
    expect(autoscaler.spec.maxReplicas).to.equal(7);
    expect(budget.spec.maxUnavailable).to.equal(2);
  });

  it("[N17] leaves names, selectors and the platform's labels as they are: policies and the mesh go by them", async () => {
    const spoil = (made: any) => {
      made.metadata.name = "elsewhere";
      made.metadata.labels = { app: "elsewhere" };
      made.spec.selector = {};
      made.spec.scaleTargetRef = {};
    };
    const resources = await rendered({
      deployment: spoil,
      service: spoil,
      autoscaler: spoil,
      disruptionBudget: spoil,
      pod: spoil,
    });
    const identity = ({ metadata, spec }: any) => ({
      name: metadata.name,
      labels: metadata.labels,
      selector: spec.selector,
      target: spec.scaleTargetRef,
      pods: spec.template?.metadata.labels,
    });
    expect(objects(resources).map(identity)).to.deep.equal(objects(unchanged).map(identity));
  });

  it("[N17] does not compile with a field that the object does not have", () => {
    const transform: Transforms = {
      pod: ({ spec }) => {
        // @ts-expect-error there is no field hostAlias
        spec.hostAlias = [];
      },
    };
    expect(transform).to.have.key("pod");
  });
});
