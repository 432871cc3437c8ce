import type { KubeConfig } from "@kubernetes/client-node";
import { expect } from "chai";
import { StepFailed } from "../../../operations/release/outcome";
import { untilRolledOut } from "../../../operations/release/rollout";
import { readStack } from "../../../operations/stack/stack-file";
import { CannedCluster } from "../../support/canned-cluster";

const DEPLOYMENTS = "/apis/apps/v1/namespaces/malai/deployments";

describe("The place that a new version takes at the finish of its release", () => {
  const canned = new CannedCluster();
  let cluster: KubeConfig;
  before(async () => {
    cluster = await canned.open();
  });
  after(() => canned.close());

  const [service] = readStack("dev").plan.services.filter(({ name }) => name === "auth-service");
  if (!service) throw new Error("dev has no auth-service");

  /** A Deployment of two replicas whose second version has been asked for. */
  const deployment = (observedGeneration: number, status: Record<string, number>) => ({
    items: [
      {
        metadata: { name: "auth-service", generation: 2 },
        spec: { replicas: 2, selector: {}, template: {} },
        status: { observedGeneration, ...status },
      },
    ],
  });

  it("[R26] has all of its pods replaced before the ones beside it go", async () => {
    const looks = [
      // As it was before: what the provider may take for the end.
      deployment(1, { replicas: 2, updatedReplicas: 2, readyReplicas: 2 }),
      deployment(2, { replicas: 3, updatedReplicas: 1, readyReplicas: 2 }),
      deployment(2, { replicas: 2, updatedReplicas: 2, readyReplicas: 1 }),
      deployment(2, { replicas: 2, updatedReplicas: 2, readyReplicas: 2 }),
    ];
    canned.namespace("malai", {});
    canned.answers[DEPLOYMENTS] = () => looks.shift() ?? {};
    const target = { cluster, namespace: "malai", service };
    await untilRolledOut(target, 30, new AbortController().signal);
    expect(looks).to.deep.equal([]);
  });

  it("[R26] is told with its pods where they do not get ready in their time", async () => {
    canned.namespace("malai", {});
    canned.answers[DEPLOYMENTS] = () => deployment(2, { replicas: 3, updatedReplicas: 1, readyReplicas: 1 });
    const target = { cluster, namespace: "malai", service };
    const failed = await untilRolledOut(target, 0, new AbortController().signal).catch((error) => error);
    expect(failed).to.be.instanceOf(StepFailed);
    expect(failed.reasons).to.deep.equal([
      "Deployment auth-service: 1 of 2 pods ready, not all of them new, within 0 s",
    ]);
  });
});
