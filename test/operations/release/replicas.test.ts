import type { KubeConfig } from "@kubernetes/client-node";
import { expect } from "chai";
import { parse } from "yaml";
import type { Deployment } from "../../../operations/release/deployment";
import { StepFailed } from "../../../operations/release/outcome";
import { Report } from "../../../operations/release/report";
import { type Release, Run } from "../../../operations/release/run";
import { readStack } from "../../../operations/stack/stack-file";
import { malai } from "../../../platforms/malai";
import { CannedCluster } from "../../support/canned-cluster";
import { objectOf, render, settingsOf } from "../../support/render";

const DEPLOYMENTS = "/apis/apps/v1/namespaces/malai/deployments";
const never = new AbortController().signal;

describe("Replicas during a release", () => {
  const canned = new CannedCluster();
  let cluster: KubeConfig;
  before(async () => {
    cluster = await canned.open();
  });
  after(() => canned.close());

  /** A stack that does what its file says at once: its autoscalers make as many pods as are asked for, and the load more. */
  class Simulation {
    readonly texts: string[] = [];
    text = readStack("dev").text;
    /** Pods of both versions, as their autoscalers would have them by the load alone. */
    load = { old: 3, fresh: 1 };

    async apply(text: string): Promise<number> {
      this.texts.push(text);
      this.text = text;
      return 4;
    }

    async restore(text: string): Promise<void> {
      this.text = text;
    }

    /** What `services.auth-service.release` says. */
    get release(): { weight: number; replicas?: number } | undefined {
      return parse(this.text).config["platform:services"]?.["auth-service"]?.release;
    }

    serve(): void {
      const least = () => this.release?.replicas ?? 1;
      const deployment = (replicas: number) => ({ spec: { replicas } });
      canned.namespace("malai", {});
      canned.answers[`${DEPLOYMENTS}/auth-service`] = () => deployment(Math.max(least(), this.load.old));
      canned.answers[`${DEPLOYMENTS}/auth-service-v2`] = () =>
        deployment(this.release ? Math.max(least(), this.load.fresh) : 0);
      canned.answers["/api/v1/namespaces/malai/pods"] = () => ({
        items: Array.from({ length: Math.max(least(), this.load.fresh) }, (_, index) => ({
          metadata: { name: `v2-${index}` },
          status: { phase: "Running", conditions: [{ type: "Ready", status: "True" }] },
        })),
      });
    }
  }

  function runOf(simulation: Simulation, weights: number[], more: Partial<Release> = {}) {
    const { plan } = readStack("dev");
    const [service] = plan.services.filter(({ name }) => name === "auth-service");
    if (!service) throw new Error("dev has no auth-service");
    simulation.serve();
    return new Run(
      {
        cluster,
        deployment: simulation as unknown as Deployment,
        plan,
        service,
        setting: { strategy: "canary", version: "v2", schema: "compatible", tag: "2.0.0" },
        steps: weights.map((weight) => ({ name: `${weight} %`, weight, hold: 0 })),
        limits: { ...plan.releases, readyWithin: 10 },
        smoke: [],
        metrics: async (versions) => versions.map(() => ({ requests: 100, success: 1, p95: 0.01 })),
        ...more,
      },
      new Report(true),
      never,
      never,
    );
  }

  it("[R26] of the new version are as many as the old one has, at each weight", async () => {
    const simulation = new Simulation();
    expect(await runOf(simulation, [10, 50, 100]).go()).to.deep.equal({ result: "released", reasons: [] });
    const steps = simulation.texts.slice(0, -1).map((text) => {
      const { weight, replicas } = parse(text).config["platform:services"]["auth-service"].release;
      return [weight, replicas];
    });
    expect(steps).to.deep.equal([
      [10, 3],
      [50, 3],
      [100, 3],
    ]);
  });

  it("[R26] of the place that the new version takes at the finish are as many as it has by then", async () => {
    const simulation = new Simulation();
    simulation.load = { old: 1, fresh: 1 };
    const { apply } = Simulation.prototype;
    // The load has grown while it had everything.
    simulation.apply = async (text) => {
      const changed = await apply.call(simulation, text);
      if (simulation.release?.weight === 100) simulation.load = { old: 1, fresh: 3 };
      return changed;
    };
    await runOf(simulation, [100]).go();
    const releases = simulation.texts.map(
      (text) => parse(text).config["platform:services"]["auth-service"].release,
    );
    expect(releases.map((release) => release && [release.weight, release.replicas])).to.deep.equal([
      [100, undefined],
      [100, 3],
      undefined,
    ]);
  });

  it("[R26] never pass what the service may have", async () => {
    const simulation = new Simulation();
    simulation.load = { old: 9, fresh: 1 };
    await runOf(simulation, [10]).go();
    expect(
      parse(simulation.texts[0] ?? "").config["platform:services"]["auth-service"].release.replicas,
    ).to.equal(3);
  });

  it("[R26] are the autoscalers' least of both versions, so that the way back has room as well", async () => {
    const leastOf = async (release: object) => {
      const services = {
        "auth-service": { replicas: { min: 2, max: 6 }, release: { version: "v2", ...release } },
      };
      const resources = await render(malai, settingsOf("dev", { services }));
      return ["auth-service", "auth-service-v2"].map(
        (name) => objectOf(resources, "HorizontalPodAutoscaler", name).spec.minReplicas,
      );
    };
    expect(await leastOf({ replicas: 5 })).to.deep.equal([5, 5]);
    expect(await leastOf({ replicas: 9 })).to.deep.equal([6, 6]);
    expect(await leastOf({})).to.deep.equal([2, 2]);
  });

  it("[R27] a finish that fails says why, and all of what Pulumi says", async () => {
    const simulation = new Simulation();
    const { apply } = Simulation.prototype;
    simulation.apply = async (text) => {
      const changed = await apply.call(simulation, text);
      if (simulation.release) return changed;
      throw new StepFailed(["Deployment auth-service: timed out", "[MinimumReplicasUnavailable]"]);
    };
    // It goes back through the cluster's own API, which a canned one does not have.
    const run = runOf(simulation, [100]);
    const error = await run.go().catch((error) => error);
    expect(error.code).to.equal(404);
    expect(run.report.steps.find(({ name }) => name === "finish")?.text).to.equal(
      "Deployment auth-service: timed out",
    );
  });
});
