import type { KubeConfig } from "@kubernetes/client-node";
import { expect } from "chai";
import type { Catalog } from "../../../model/catalog";
import { makePlan } from "../../../model/make-plan";
import type { ServicePlan } from "../../../model/plan";
import { isOfRelease } from "../../../operations/release/changes";
import { migrationFailure } from "../../../operations/release/migration-log";
import { smokePathsOf, smokeTest } from "../../../operations/release/pods";
import { workerSteps } from "../../../operations/release/steps";
import { sendBack } from "../../../operations/release/traffic";
import type { Change } from "../../../operations/review/preview";
import { shop } from "../../platforms/shop";
import { CannedCluster } from "../../support/canned-cluster";
import { settingsOf } from "../../support/render";

const plan = makePlan(
  shop as Catalog,
  settingsOf("dev", { services: {}, configuration: {} }, shop as Catalog),
);
const serviceOf = (name: string): ServicePlan => {
  const service = plan.services.find((service) => service.name === name);
  if (!service) throw new Error(`the shop has no ${name}`);
  return service;
};

describe("The release of a worker that has no callers", () => {
  const canned = new CannedCluster();
  let cluster: KubeConfig;
  before(async () => {
    cluster = await canned.open();
  });
  after(() => canned.close());

  it("[R31] has no shares: the new version is there, and then watched", () => {
    expect(workerSteps({ hold: 60 })).to.deep.equal([
      { name: "beside", weight: 0, hold: 0 },
      { name: "watch", weight: 100, hold: 60 },
    ]);
  });

  it("[R31] asks the path of a readiness probe of HTTP, and nothing where there is none", () => {
    expect(smokePathsOf(serviceOf("httpbin"), ["/bin/get"])).to.deep.equal(["/bin/status/200", "/bin/get"]);
    for (const name of ["mailer", "quotes", "mqtt"]) {
      expect(smokePathsOf(serviceOf(name), []), name).to.deep.equal([]);
    }
  });

  it("[R31] tests no pod of a worker, and has no requests to send back", async () => {
    const service = serviceOf("mailer");
    const pods = { ready: 1, all: 1, names: ["mailer-1"], restarts: 0, hopeless: false };
    const target = { cluster, namespace: "shop", service, version: "v2" };
    expect(await smokeTest(target, pods, ["/health"])).to.deep.equal([]);
    expect(await sendBack(cluster, plan, "mailer")).to.deep.equal([]);
  });
});

describe("The migration of a release", () => {
  const canned = new CannedCluster();
  let cluster: KubeConfig;
  before(async () => {
    cluster = await canned.open();
  });
  after(() => canned.close());

  const isPart = (name: string, phase: "step" | "finish") => {
    const change = { kind: "Job", label: `Job ${name}` } as Change;
    return isOfRelease(change, { service: "orders", version: "v2", phase });
  };

  it("[N3] is part of it, and in the end so is that of the version before", () => {
    expect(isPart("orders-migration-v2", "step")).to.equal(true);
    expect(isPart("orders-migration-v1", "step")).to.equal(false);
    expect(isPart("orders-migration-v1", "finish")).to.equal(true);
    expect(isPart("orders-migration-v2", "finish")).to.equal(true);
    expect(isPart("payments-migration-v2", "finish")).to.equal(false);
  });

  const pod = (name: string, phase: string) => ({ metadata: { name, namespace: "shop" }, status: { phase } });

  it("[N3] that failed is told with the last lines of its log, and without its secrets", async () => {
    canned.namespace("shop", { pods: [pod("m-1", "Failed")] });
    canned.logs["/api/v1/namespaces/shop/pods/m-1/log"] =
      "applying 0002\nconnecting to postgresql://orders:hunter2@postgres:5432/orders\nDuplicateColumn: total\n";
    const lines = await migrationFailure(cluster, "shop", "orders", "v2");
    expect(lines[0]).to.equal("migration  Job orders-migration-v2 failed");
    expect(lines[1]).to.equal("  applying 0002");
    expect(lines[3]).to.equal("  DuplicateColumn: total");
    expect(lines.join("\n")).to.not.include("hunter2");
  });

  it("[N3] that succeeded is no reason", async () => {
    canned.namespace("shop", { pods: [pod("m-1", "Succeeded")] });
    expect(await migrationFailure(cluster, "shop", "orders", "v2")).to.deep.equal([]);
  });
});
