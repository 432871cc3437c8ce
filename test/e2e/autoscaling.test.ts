import { expect } from "chai";
import { until } from "../support/until";
import { get } from "./support/cluster";

/** What an autoscaler has measured, by resource; a pod that has just started is measured after some seconds. */
const measuredBy = ({ status }: any): Record<string, number | undefined> =>
  Object.fromEntries(
    (status.currentMetrics ?? []).map(({ containerResource }: any) => [
      containerResource?.name,
      containerResource?.current.averageUtilization,
    ]),
  );

describe("Autoscaling", () => {
  it("[O6] every autoscaler reads cpu and memory of its pods", async () => {
    const { items } = await until(
      "cpu and memory of every service",
      110,
      () => get("hpa"),
      ({ items }) =>
        items.map(measuredBy).every(({ cpu, memory }: any) => cpu !== undefined && memory !== undefined),
    );
    expect(items).to.have.length(5);
  });
});
