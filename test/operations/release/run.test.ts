import type { KubeConfig } from "@kubernetes/client-node";
import { expect } from "chai";
import type { Catalog } from "../../../model/catalog";
import { makePlan } from "../../../model/make-plan";
import { type Deployment, UpFailure } from "../../../operations/release/deployment";
import type { MetricsOf } from "../../../operations/release/metrics";
import { Report } from "../../../operations/release/report";
import { Run } from "../../../operations/release/run";
import { workerSteps } from "../../../operations/release/steps";
import { shop } from "../../platforms/shop";
import { CannedCluster } from "../../support/canned-cluster";
import { settingsOf } from "../../support/render";

const plan = makePlan(
  shop as Catalog,
  settingsOf("dev", { services: {}, configuration: {} }, shop as Catalog),
);
const FILE = "config:\n  platform:catalog: shop\n";

/** A stack whose file can be read, and whose updates do as they are told. */
class FakeStack {
  text = FILE;
  readonly applied: string[] = [];
  constructor(readonly up: () => void = () => {}) {}

  async apply(content: string): Promise<number> {
    this.applied.push(content);
    this.up();
    this.text = content;
    return 1;
  }

  async restore(content: string): Promise<void> {
    this.text = content;
  }
}

describe("A run of a release", () => {
  const canned = new CannedCluster();
  let cluster: KubeConfig;
  before(async () => {
    cluster = await canned.open();
  });
  after(() => canned.close());

  const never = new AbortController().signal;
  const run = (name: string, stack: FakeStack, metrics: MetricsOf) => {
    const service = plan.services.find((service) => service.name === name);
    if (!service) throw new Error(`the shop has no ${name}`);
    return new Run(
      {
        cluster,
        deployment: stack as unknown as Deployment,
        plan,
        service,
        setting: { strategy: "canary", version: "v2", tag: "2.0.0", schema: "compatible" },
        steps: workerSteps({ hold: 1 }),
        limits: plan.releases,
        smoke: [],
        metrics,
      },
      new Report(true),
      never,
      never,
    ).go();
  };
  const silence: MetricsOf = async (versions) => versions.map(() => ({ requests: 0 }));

  const pod = (restartCount: number) => ({
    metadata: { name: "mailer-v2-1", ownerReferences: [{ kind: "ReplicaSet", name: "x", controller: true }] },
    spec: { containers: [{ name: "mailer" }] },
    status: {
      phase: "Running",
      conditions: [{ type: "Ready", status: "True" }],
      containerStatuses: [{ name: "mailer", restartCount, state: { running: {} } }],
    },
  });
  const deployment = { spec: { replicas: 1 } };

  it("[R31] releases a worker without callers by its readiness, its restarts and time", async () => {
    canned.namespace("shop", { pods: [pod(0)] });
    canned.answers["/apis/apps/v1/namespaces/shop/deployments/mailer"] = deployment;
    const stack = new FakeStack();
    expect(await run("mailer", stack, silence)).to.deep.equal({ result: "released", reasons: [] });
    expect(stack.text).to.equal(
      `${FILE}  platform:services:\n    mailer:\n      version: "v2"\n      tag: "2.0.0"\n`,
    );
  });

  it("[R31] takes a worker back that has started again", async () => {
    canned.namespace("shop", { pods: [pod(1)] });
    const stack = new FakeStack();
    const outcome = await run("mailer", stack, silence);
    expect(outcome).to.include({ result: "rolled back", at: "watch" });
    expect(stack.text).to.equal(FILE);
  });

  it("[N3] ends with the log of a migration that failed, and nothing is switched", async () => {
    canned.namespace("shop", { pods: [{ metadata: { name: "m-1" }, status: { phase: "Failed" } }] });
    canned.logs["/api/v1/namespaces/shop/pods/m-1/log"] = "DuplicateColumn: total\n";
    const stack = new FakeStack(() => {
      throw new UpFailure(["Job orders-migration-v2: failed"]);
    });
    expect(await run("orders", stack, silence)).to.deep.equal({
      result: "rolled back",
      at: "beside",
      reasons: [
        "migration  Job orders-migration-v2 failed",
        "  DuplicateColumn: total",
        "Job orders-migration-v2: failed",
      ],
    });
    expect(stack.applied).to.have.length(1);
    expect(stack.text).to.equal(FILE);
  });
});
