import { KubeConfig, type V1Deployment } from "@kubernetes/client-node";
import { expect } from "chai";
import { ReleaseLease } from "../../operations/release/lease";
import { releasesBeside, whileNothingIsReleased } from "../../operations/up";
import { planOf } from "../../stacks/plan";
import { useApiServer } from "../support/api-server";
import { failureOf } from "../support/failure";
import { settingsOf } from "../support/render";

const deployment = (app: string, track: string) =>
  ({
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: `${app}-${track}` },
    spec: {
      selector: { matchLabels: { app, track } },
      template: {
        metadata: { labels: { app, track } },
        spec: { containers: [{ name: app, image: "a:1" }] },
      },
    },
  }) as V1Deployment;

const release = { strategy: "canary", version: "v2", tag: "2.0.0" };
// Other tests have objects in that of the stack, on the same API server.
const plan = { ...planOf(settingsOf("dev")), namespace: "malai-updates" };

describe("An update by a pipeline", function () {
  this.timeout(200_000);
  const server = useApiServer();
  const { namespace } = plan;
  let cluster: KubeConfig;
  let updates = 0;
  const update = () => whileNothingIsReleased(cluster, plan, async () => void updates++);

  before(() => {
    cluster = new KubeConfig();
    cluster.loadFromFile(server.current.kubeconfig);
  });
  beforeEach(() => {
    updates = 0;
  });

  it("[R60] goes on where nothing is yet", async () => {
    await update();
    expect(updates).to.equal(1);
  });

  it("[R60] is refused while a release holds the lease, and goes on after it", async () => {
    await server.current.request("POST", "/api/v1/namespaces", { metadata: { name: namespace } });
    const lease = await ReleaseLease.take(cluster, namespace, "auth-service");
    const { message } = await failureOf(update());
    expect(message).to.match(/^auth-service is being released, nothing was changed:\n {2}by .*; see npx ops/);
    expect(updates).to.equal(0);
    await lease.release();
    await update();
    expect(updates).to.equal(1);
  });

  it("[R60] keeps releases from beginning until it has ended", async () => {
    let refused = "";
    await whileNothingIsReleased(cluster, plan, async () => {
      refused = (await failureOf(ReleaseLease.take(cluster, namespace, "auth-service"))).message;
    });
    expect(refused).to.match(/^the whole stack is being updated, nothing was changed:\n {2}by .*; try again/);
    await (await ReleaseLease.take(cluster, namespace, "auth-service")).release();
  });

  it("[R60] is refused over a release that the checkout knows nothing of", async () => {
    const path = `/apis/apps/v1/namespaces/${namespace}/deployments`;
    await server.current.request("POST", path, deployment("auth-service", "canary"));
    const { message } = await failureOf(update());
    expect(message).to.equal(
      "a release is under way that this checkout knows nothing of, nothing was changed:\n" +
        "  auth-service: commit the stack's file that has it, or npx ops release abort auth-service",
    );
    expect(updates).to.equal(0);
  });

  it("[R60] may go on with a release that the stack's file has", () => {
    const deployments = [deployment("auth-service", "canary"), deployment("api-gateway", "stable")];
    const known = planOf(settingsOf("dev", { services: { "auth-service": { release } } }));
    expect(releasesBeside(known, deployments)).to.deep.equal([]);
    expect(releasesBeside(plan, deployments)).to.deep.equal(["auth-service"]);
  });
});
