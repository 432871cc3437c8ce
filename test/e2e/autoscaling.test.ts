import { expect } from "chai";
import { get } from "./support/cluster";
import { until } from "./support/until";

describe("Autoscaling", () => {
  it("[O6] every autoscaler reads cpu and memory of its pods", async () => {
    const { items } = await until(
      "metrics of every service",
      120,
      () => get("hpa"),
      (list) => list.items.every((hpa: any) => hpa.status.currentMetrics?.length === 2),
    );
    expect(items).to.have.length(5);
    for (const { metadata, status } of items) {
      for (const { resource } of status.currentMetrics) {
        expect(resource.current.averageUtilization, `${metadata.name} ${resource.name}`).to.be.a("number");
      }
    }
  });
});
