import { expect } from "chai";
import { dashboardsOf } from "../../components/monitoring/dashboards";
import { planOf } from "../../stacks/plan";
import { settingsOf } from "../support/render";
import { until } from "../support/until";
import { get } from "./support/cluster";
import { call } from "./support/front-door";
import { samplesOf } from "./support/prometheus";

const dashboards = dashboardsOf(planOf(settingsOf("dev")));

describe("Dashboards", function () {
  this.timeout(180_000);

  /** Every service answers something, and goes on until two scrapes have seen it. */
  const useAll = async () => {
    for (const path of ["/api/auth/items", "/api/event/items", "/api/payment/items"]) {
      await call("POST", path, { name: "dashboard" });
    }
    await call("GET", "/api/notification/notifications");
  };

  for (const { title, panels } of dashboards) {
    it(`[D7] ${title}: every panel asks what Prometheus understands, and shows something`, async () => {
      for (const { title, queries } of panels) {
        for (const { expr } of queries) {
          const ask = async () => {
            await useAll();
            return samplesOf(expr);
          };
          await until(`${title} shows something: ${expr}`, 60, ask, (samples) => samples.length > 0);
        }
      }
    });
  }

  it("[D7] are in the cluster, as they were made", async () => {
    const { items } = await get("configmaps", "-l", "grafana_dashboard=1");
    const titles = items.map(({ data }: any) => JSON.parse(Object.values(data)[0] as string).title);
    expect(titles).to.have.members(dashboards.map(({ title }) => title));
  });
});
