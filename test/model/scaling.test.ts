import { expect } from "chai";
import type { Autoscaler } from "../../model/autoscaler";
import type { Catalog } from "../../model/catalog";
import { check } from "../../model/checks";
import { makePlan } from "../../model/make-plan";
import { malai } from "../../platforms/malai";
import { objectOf, renderPlan, settingsOf } from "../support/render";

/** A plan of one service. @param own what its environment says of it */
const planOf = (
  autoscaler: Autoscaler | undefined,
  own: Record<string, unknown> = {},
  defaults: Record<string, unknown> = {},
) => {
  const catalog: Catalog = { ...(malai as Catalog), services: { web: { port: 3001, autoscaler } } };
  return makePlan(catalog, settingsOf("prod", { services: { web: own }, defaults }, catalog));
};
const lines = (plan: ReturnType<typeof planOf>) =>
  check(plan).map(({ at, problem, remedy }) => `${at}: ${problem}; ${remedy}`);
const metricsOf = async (plan: ReturnType<typeof planOf>) =>
  objectOf(await renderPlan(plan), "HorizontalPodAutoscaler", "web").spec.metrics;
const target = (name: string, averageUtilization: number) => ({
  type: "ContainerResource",
  containerResource: { name, container: "web", target: { type: "Utilization", averageUtilization } },
});

describe("The autoscaling of a service", () => {
  it("[N10] may reach more than ten replicas where the stack raises the limit, and no more than that", () => {
    const replicas = { min: 2, max: 30 };
    expect(lines(planOf(undefined, { replicas }))).to.deep.equal([
      "services.web.replicas: max 30 is over the limit of 10; lower it, or raise platform:defaults.replicaLimit",
    ]);
    expect(lines(planOf(undefined, { replicas }, { replicaLimit: 30 }))).to.deep.equal([]);
    expect(lines(planOf(undefined, { replicas: { max: 31 } }, { replicaLimit: 30 }))).to.deep.equal([
      "services.web.replicas: max 31 is over the limit of 30; lower it, or raise platform:defaults.replicaLimit",
    ]);
  });

  it("[N10] is what its environment says, else its entry, else the environment of all", async () => {
    const defaults = { autoscaler: { cpu: 50, memory: 60 } };
    expect(await metricsOf(planOf(undefined, {}, defaults))).to.deep.equal([
      target("cpu", 50),
      target("memory", 60),
    ]);
    expect(await metricsOf(planOf({ cpu: 90, memory: "none" }, {}, defaults))).to.deep.equal([
      target("cpu", 90),
    ]);
    expect(await metricsOf(planOf({ cpu: 90 }, { autoscaler: { cpu: 40 } }, defaults))).to.deep.equal([
      target("cpu", 40),
      target("memory", 60),
    ]);
  });

  it("[N10] is a metric of its pods, or of something outside, where its entry names one", async () => {
    const metrics = [
      { type: "Pods", metric: "requests_in_flight", averageValue: "10" },
      { type: "External", metric: "queue_length", labels: { queue: "mail" }, averageValue: "100" },
    ] as const;
    expect(await metricsOf(planOf({ cpu: "none", memory: "none", metrics }))).to.deep.equal([
      {
        type: "Pods",
        pods: {
          metric: { name: "requests_in_flight" },
          target: { type: "AverageValue", averageValue: "10" },
        },
      },
      {
        type: "External",
        external: {
          metric: { name: "queue_length", selector: { matchLabels: { queue: "mail" } } },
          target: { type: "AverageValue", averageValue: "100" },
        },
      },
    ]);
  });

  it("[N10] is refused without any metric", () => {
    expect(lines(planOf({ cpu: "none", memory: "none" }))).to.deep.equal([
      'services.web.autoscaler: cpu and memory are none, and there is no other metric; give it a target or a metric, or write autoscaler: "none" in its entry',
    ]);
  });

  it("[N10] is off where the entry has no autoscaler: the service has the environment's least number of replicas", async () => {
    const resources = await renderPlan(planOf("none", { replicas: { min: 4 } }));
    expect(objectOf(resources, "Deployment", "web").spec.replicas).to.equal(4);
    expect(resources.filter(({ inputs }) => inputs.kind === "HorizontalPodAutoscaler")).to.deep.equal([]);
    expect(lines(planOf("none", { replicas: { min: 4, max: 8 } }))).to.deep.equal([
      "platform:services.web.replicas: min 4 and max 8 differ, and the service has no autoscaler; leave max out, or remove `autoscaler` from its entry",
    ]);
  });
});
