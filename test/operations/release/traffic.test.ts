import type { KubeConfig } from "@kubernetes/client-node";
import { expect } from "chai";
import { sendBack } from "../../../operations/release/traffic";
import { readStack } from "../../../operations/stack/stack-file";
import { CannedCluster } from "../../support/canned-cluster";

const ROUTES = "/apis/networking.istio.io/v1/namespaces/malai/virtualservices";

describe("The traffic of a service that a release goes back from", () => {
  const { plan } = readStack("dev");
  const canned = new CannedCluster();
  let cluster: KubeConfig;
  before(async () => {
    cluster = await canned.open();
  });
  after(() => canned.close());

  const routesAre = (...names: string[]) => {
    for (const name of ["api-gateway", "front-door-inside", "front-door"])
      delete canned.answers[`${ROUTES}/${name}`];
    for (const name of names) {
      canned.answers[`${ROUTES}/${name}`] = {
        apiVersion: "networking.istio.io/v1",
        kind: "VirtualService",
        metadata: { name },
        spec: {},
      };
    }
  };
  const sentBack = (gateway: boolean) =>
    sendBack(cluster, { ...plan, mesh: { ...plan.mesh, gateway } }, "api-gateway");

  it("is sent back at nginx and inside, where there is no gateway of Istio's", async () => {
    routesAre("api-gateway", "front-door-inside");
    expect(await sentBack(false)).to.deep.equal([
      "VirtualService api-gateway",
      "VirtualService front-door-inside",
    ]);
  });

  it("is sent back at the gateway too, where there is one", async () => {
    routesAre("api-gateway", "front-door-inside", "front-door");
    expect(await sentBack(true)).to.include("VirtualService front-door");
  });
});
