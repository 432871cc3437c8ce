import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "chai";
import { samplesOf } from "../support/prometheus";
import { tell } from "../support/releasing";
import { shop } from "../support/shop";

/** Seconds that the platform is watched for at least. */
const WATCHED = 600;

describe("Prometheus, of programs that were not written for the platform", function () {
  this.timeout(900_000);

  it("[N21] has fired no alert but Watchdog since everything was ready, for ten minutes and more", async () => {
    const seconds = () => Math.floor((Date.now() - shop.readySince) / 1000);
    while (seconds() < WATCHED) {
      await shop.call("GET", "/orders");
      await sleep(5000);
    }
    const history = `count_over_time(ALERTS{alertstate="firing"}[${seconds()}s])`;
    const fired = await samplesOf(history, shop.namespace);
    const said = fired.map(({ metric, value }) => `${metric.alertname} ${metric.service ?? ""} ${value[1]}`);
    tell(`${seconds()} s: ${said.join(", ")}`);
    expect([...new Set(fired.map(({ metric }) => metric.alertname))]).to.deep.equal(["Watchdog"]);
    // One evaluation in 15 s to 60 s: the history is that long, and not of the last moment.
    expect(Number(fired[0]?.value[1])).to.be.at.least(WATCHED / 60);
  });
});
