import type { KubeConfig } from "@kubernetes/client-node";
import { expect } from "chai";
import { Refusal } from "../../../operations/errors";
import { isOfRelease } from "../../../operations/release/changes";
import type { Place } from "../../../operations/release/place";
import { requireReadyForRelease } from "../../../operations/release/preflight";
import type { Change } from "../../../operations/review/preview";
import { readStack } from "../../../operations/stack/stack-file";
import { CannedCluster } from "../../support/canned-cluster";
import { FakePulumi, planned } from "../../support/fake-pulumi";

const DEPLOYMENT = "/apis/apps/v1/namespaces/malai/deployments/auth-service";

describe("A release from a file that is not what serves", () => {
  const canned = new CannedCluster();
  const pulumi = new FakePulumi();
  let cluster: KubeConfig;
  let place: Place;
  before(async () => {
    cluster = await canned.open();
    pulumi.open();
    const stack = readStack("dev");
    const [service] = stack.plan.services.filter(({ name }) => name === "auth-service");
    if (!service) throw new Error("dev has no auth-service");
    place = { stack, cluster, service };
  });
  after(() => {
    pulumi.close();
    canned.close();
  });

  /** What a preview finds to change. */
  function previewed(...names: [kind: string, name: string][]) {
    const steps = names.map(([kind, name]) => planned("update", kind, name));
    pulumi.answer("preview", { events: [...steps, { summaryEvent: { resourceChanges: {} } }] });
  }

  function serves(version: string, image: string) {
    const template = {
      metadata: { labels: { version } },
      spec: { containers: [{ name: "auth-service", image }] },
    };
    canned.answers[DEPLOYMENT] = { metadata: { name: "auth-service" }, spec: { template } };
  }

  async function reasons(): Promise<string[]> {
    const error = await requireReadyForRelease(place).catch((error) => error);
    expect(error).to.be.instanceOf(Refusal);
    // The Prometheus of a canned cluster cannot be asked.
    return error.reasons.filter((reason: string) => !reason.startsWith("Prometheus"));
  }

  it("[R25] is refused: another version serves than the file says", async () => {
    previewed(["Deployment", "auth-service"]);
    serves("v2", "docker.io/malai/auth-service:2.0.0");
    expect(await reasons()).to.deep.equal([
      "Pulumi.dev.yaml says that v1 (docker.io/malai/auth-service:1.0.0) serves, and v2 (docker.io/malai/auth-service:2.0.0) does: take the file that was committed after it was released (git pull), or bring this one up: pulumi up --stack dev",
    ]);
  });

  it("[R25] is refused: more differs than the release, whoever's objects they are", async () => {
    previewed(["ConfigMap", "nginx"], ["VirtualService", "auth-service"], ["Deployment", "nginx"]);
    serves("v1", "docker.io/malai/auth-service:1.0.0");
    expect(await reasons()).to.deep.equal([
      "3 changes are pending that are no part of it: update ConfigMap nginx, update VirtualService auth-service, update Deployment nginx; bring them up first: pulumi up --stack dev",
    ]);
  });

  it("[R25] begins where nothing differs", async () => {
    previewed();
    serves("v1", "docker.io/malai/auth-service:1.0.0");
    expect(await reasons()).to.deep.equal([]);
  });
});

describe("The changes of a release", () => {
  const change = (kind: string, name: string): Change => ({
    urn: "",
    operation: "update",
    kind,
    label: `${kind} ${name}`,
    changed: [],
    replaceReasons: [],
  });
  const mine = (kind: string, name: string, phase: "step" | "finish") =>
    isOfRelease(change(kind, name), { service: "auth-service", version: "v2", phase });

  it("[R25] leave the version in use alone until the finish", () => {
    expect(mine("Deployment", "auth-service", "step")).to.equal(false);
    expect(mine("Deployment", "auth-service", "finish")).to.equal(true);
    expect(mine("Service", "auth-service", "step")).to.equal(false);
  });

  it("are the new version's own objects, the routes, and the least number of replicas of both", () => {
    for (const [kind, name] of [
      ["Deployment", "auth-service-v2"],
      ["HorizontalPodAutoscaler", "auth-service-v2"],
      ["HorizontalPodAutoscaler", "auth-service"],
      ["DestinationRule", "auth-service"],
      ["DestinationRule", "auth-service-front-door"],
      ["VirtualService", "auth-service"],
      ["VirtualService", "front-door"],
      ["VirtualService", "front-door-inside"],
    ] as const) {
      expect(mine(kind, name, "step"), `${kind} ${name}`).to.equal(true);
    }
    expect(mine("Deployment", "event-service", "finish")).to.equal(false);
    expect(mine("ConfigMap", "front-door", "finish")).to.equal(false);
  });
});
