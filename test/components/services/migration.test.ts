import { expect } from "chai";
import type { Catalog } from "../../../model/catalog";
import { makePlan } from "../../../model/make-plan";
import { shop } from "../../platforms/shop";
import { objectOf, type Rendered, renderPlan, settingsOf } from "../../support/render";

const environment = { PAYMENT_TERMS: "30 days" };
const rendered = (orders: object): Promise<Rendered[]> => {
  const services = { orders: { environment, ...orders } };
  const settings = settingsOf("dev", { configuration: {}, services }, shop as Catalog);
  return renderPlan(makePlan(shop as Catalog, settings));
};

const jobsOf = (resources: Rendered[]) =>
  resources.flatMap(({ inputs }) =>
    inputs.kind === "Job" && inputs.metadata.name.startsWith("orders-") ? [inputs.metadata.name] : [],
  );

/** Names of what a Deployment waits for. */
const waitsFor = (resources: Rendered[], deployment: string): string[] => {
  const { options } =
    resources.find(({ inputs }) => inputs === objectOf(resources, "Deployment", deployment)) ?? {};
  return [options?.dependsOn ?? []].flat().map((one: any) => one.__name);
};

describe("A migration", () => {
  const digest = `sha256:${"d".repeat(64)}`;
  let alone: Rendered[];
  let releasing: Rendered[];
  let released: Rendered[];
  before(async () => {
    alone = await rendered({});
    releasing = await rendered({ release: { version: "v2", tag: "2.0.0", digest, weight: 0 } });
    // What `ops release` writes in the end.
    const settings = settingsOf(
      "dev",
      {
        configuration: {},
        services: { orders: { environment, version: "v2", tag: "2.0.0" } },
        images: { digests: { orders: digest } },
      },
      shop as Catalog,
    );
    released = await renderPlan(makePlan(shop as Catalog, settings));
  });

  it("[N3] comes before the version that needs it, and no other", () => {
    expect(waitsFor(alone, "orders")).to.include("shop-orders-migration-v1");
    expect(waitsFor(releasing, "orders-v2")).to.include("shop-orders-migration-v2");
    expect(waitsFor(releasing, "orders-v2")).to.not.include("shop-orders-migration-v1");
    expect(waitsFor(alone, "mailer").filter((name) => name.includes("migration"))).to.deep.equal([]);
  });

  it("[N3] runs with the image, the environment and the secrets of its version", () => {
    const [container] = objectOf(releasing, "Job", "orders-migration-v2").spec.template.spec.containers;
    const [own] = objectOf(releasing, "Deployment", "orders-v2").spec.template.spec.containers;
    expect(container.image).to.equal(`docker.io/shop/orders:2.0.0@${digest}`);
    expect(container.image).to.equal(own.image);
    expect(container.command).to.deep.equal(["alembic", "upgrade", "head"]);
    expect(container.env).to.deep.equal(own.env);
  });

  it("[N3] leaves that of the version in use alone, and is not made again when the release is over", () => {
    expect(jobsOf(alone)).to.deep.equal(["orders-migration-v1"]);
    expect(jobsOf(releasing)).to.have.members(["orders-migration-v1", "orders-migration-v2"]);
    expect(objectOf(releasing, "Job", "orders-migration-v1")).to.deep.equal(
      objectOf(alone, "Job", "orders-migration-v1"),
    );
    expect(jobsOf(released)).to.deep.equal(["orders-migration-v2"]);
    expect(objectOf(released, "Job", "orders-migration-v2")).to.deep.equal(
      objectOf(releasing, "Job", "orders-migration-v2"),
    );
  });

  it("[N3] is made anew for another image of the same version, and again when it has failed", async () => {
    const again = await rendered({ tag: "1.0.1" });
    const { metadata, spec } = objectOf(again, "Job", "orders-migration-v1");
    expect(spec.template.spec.containers[0].image).to.equal("docker.io/shop/orders:1.0.1");
    expect(metadata.annotations).to.deep.equal({
      "pulumi.com/timeoutSeconds": "330",
      "pulumi.com/replaceUnready": "true",
    });
    const { options } =
      again.find(({ name, inputs }) => inputs.kind === "Job" && name.includes("-migration-")) ?? {};
    expect(options?.deleteBeforeReplace).to.equal(true);
  });

  it("[N3] fails at once, except for a node that was lost, and keeps its pod with the log", () => {
    const { spec } = objectOf(alone, "Job", "orders-migration-v1");
    expect(spec.backoffLimit).to.equal(0);
    expect(spec.podFailurePolicy.rules).to.deep.equal([
      { action: "Ignore", onPodConditions: [{ type: "DisruptionTarget", status: "True" }] },
    ]);
    expect(spec.template.spec.restartPolicy).to.equal("Never");
    expect(spec).to.not.have.property("ttlSecondsAfterFinished");
  });

  it("[N3] gets no requests: the Service of its service does not select it", () => {
    const { labels } = objectOf(alone, "Job", "orders-migration-v1").spec.template.metadata;
    expect(objectOf(alone, "Service", "orders").spec.selector).to.deep.equal({ app: "orders" });
    expect(labels.app).to.equal("orders-migration");
  });

  it("[N3] talks to what its service talks to, under an identity of its own", () => {
    const egress = (app: string) => objectOf(alone, "NetworkPolicy", app).spec.egress;
    expect(egress("orders-migration")).to.deep.equal(egress("orders"));
    const { serviceAccountName } = objectOf(alone, "Job", "orders-migration-v1").spec.template.spec;
    expect(serviceAccountName).to.equal("orders-migration");
    expect(objectOf(alone, "ServiceAccount", "orders-migration").automountServiceAccountToken).to.equal(
      false,
    );
  });
});
