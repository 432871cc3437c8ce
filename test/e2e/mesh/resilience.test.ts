import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "chai";
import { parseDocument } from "yaml";
import { callFrom, quantileOf } from "../support/caller";
import { get, kubectl, podsOf } from "../support/cluster";
import { samplesOf } from "../support/prometheus";
import { root } from "../support/stack";
import { temporarily } from "../support/temporary-settings";
import { makeVersion } from "../support/versions";

const CANARY = { canary: "true" };
const tell = (line: string) => console.log(`        ${line}`);
const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0);

describe("Resilience of the mesh", function () {
  this.timeout(300_000);
  let restore: () => Promise<void>;

  before(async () => {
    for (const service of ["auth-service", "event-service"]) {
      await makeVersion(`docker.io/malai/${service}`, "2.0.0-puppet", "puppet");
    }
    const release = { strategy: "blue-green", version: "v2", tag: "2.0.0-puppet", weight: 0 };
    // The caller: with the load of the tests before it gone, one of them would be scaled down in the middle of a call.
    const { spec } = await get("deployment", "api-gateway");
    restore = await temporarily({
      services: {
        "api-gateway": { replicas: { min: spec.replicas, max: 4 } },
        "auth-service": { release },
        "event-service": { replicas: { min: 2, max: 4 }, release },
      },
      mesh: {
        faults: {
          "payment-service": { abort: { percent: 20, status: 418 } },
          "notification-service": { delay: { percent: 50, seconds: 1 } },
        },
      },
    });
    await kubectl("rollout", "status", "deployment/auth-service-v2", "--timeout=90s");
    await kubectl("rollout", "status", "deployment/event-service-v2", "--timeout=90s");
    await sleep(2000);
  });
  after(() => restore?.());

  it("[D5] tries a request again that may be sent twice, and no other", async () => {
    const calls = {
      url: "http://auth-service/whoami",
      headers: { ...CANARY, "x-fault": "flaky" },
      count: 400,
      parallel: 4,
    };
    const got = await callFrom("api-gateway", calls);
    const posted = await callFrom("api-gateway", { ...calls, method: "POST" });
    tell(`one in ten fails: GET ${JSON.stringify(got.statuses)}, POST ${JSON.stringify(posted.statuses)}`);
    expect(got.statuses[500] ?? 0).to.be.at.most(1);
    expect(posted.statuses[500]).to.be.within(15, 80);
  });

  it("[D5] gives up a request after 10 s, each try after 2 s", async () => {
    const calls = { url: "http://auth-service/whoami", headers: { ...CANARY, "x-fault": "stuck" } };
    const { statuses, times } = await callFrom("api-gateway", { ...calls, count: 2, parallel: 2 });
    tell(`an answer that takes 15 s: ${JSON.stringify(statuses)} after ${times.join(" and ")} ms`);
    expect(statuses).to.deep.equal({ 504: 2 });
    for (const time of times) expect(time).to.be.within(7_500, 10_800);
  });

  it("[R7] waits for a slow answer to a POST, which is never sent again", async () => {
    const calls = { url: "http://auth-service/whoami", headers: { ...CANARY, "x-fault": "late" } };
    const { statuses, times } = await callFrom("api-gateway", {
      ...calls,
      method: "POST",
      count: 4,
      parallel: 4,
    });
    tell(`a POST that takes 3 s: ${JSON.stringify(statuses)} after ${times.join(", ")} ms`);
    // The reference service has no POST there, and says so when it has been asked.
    expect(statuses).to.deep.equal({ 404: 4 });
    for (const time of times) expect(time).to.be.at.least(2_900);
  });

  it("[R7] lets an answer that has begun take longer than 10 s", async () => {
    const calls = { url: "http://auth-service/whoami", headers: { ...CANARY, "x-fault": "long" } };
    const { statuses, times } = await callFrom("api-gateway", { ...calls, count: 2, parallel: 2 });
    tell(`an answer that goes on for 13 s: ${JSON.stringify(statuses)} after ${times.join(" and ")} ms`);
    expect(statuses).to.deep.equal({ 200: 2 });
    for (const time of times) expect(time).to.be.at.least(11_500);
  });

  it("[D5] turns away what is more than its connections and the queue for them", async () => {
    const calls = { url: "http://auth-service/whoami", headers: { ...CANARY, "x-fault": "slow" } };
    const many = await callFrom("api-gateway", { ...calls, method: "POST", count: 800, parallel: 800 });
    tell(`800 at once to one service: ${JSON.stringify(many.statuses)}, ${many.overloaded} by the limit`);
    // 256 connections, and a queue of as many at the most: some are answered before all of the 800 are there.
    expect(many.overloaded).to.be.within(250, 544);
    expect(many.statuses[503]).to.be.at.least(many.overloaded);
  });

  it("[D5] takes a replica that fails out of rotation within 5 s, and its callers hardly notice", async () => {
    const [bad = ""] = (await podsOf("event-service")).filter((pod) => pod.startsWith("event-service-v2"));
    const calling = callFrom("api-gateway", {
      url: "http://event-service/whoami",
      headers: CANARY,
      // 100 a second, for 20 s.
      count: 2000,
      parallel: 10,
      every: 100,
    });
    await sleep(5000);
    const before = Date.now();
    await kubectl("exec", bad, "-c", "event-service", "--", "touch", "/tmp/fail");
    const { statuses } = await calling;
    const log = await kubectl("logs", bad, "-c", "event-service", "--since=60s");
    const failures = [...log.matchAll(/puppet failed (\d+)/g)].map(([, time]) => Number(time));
    const first = Math.min(...failures);
    const asked = (Math.max(...failures) - first) / 1000;
    const failed = sum(
      Object.entries(statuses).flatMap(([status, n]) => (Number(status) >= 500 || status === "0" ? [n] : [])),
    );
    tell(
      `a replica fails: asked for ${asked} s more, ${failures.length} times; ${failed} of 2000 requests failed`,
    );
    expect(first).to.be.at.least(before - 1000);
    expect(asked).to.be.at.most(5);
    expect(failed / 2000).to.be.below(0.01);
    const ejected = await samplesOf(
      'sum(envoy_cluster_outlier_detection_ejections_active{cluster_name=~"outbound.*v2.event-service.*"})',
    );
    expect(ejected).to.have.length(1);
  });

  it("[D5] makes the faults that a stack asks for, in their shares", async () => {
    const aborted = await callFrom("api-gateway", {
      url: "http://payment-service/whoami",
      count: 500,
      parallel: 4,
    });
    const delayed = await callFrom("api-gateway", {
      url: "http://notification-service/whoami",
      count: 100,
      parallel: 10,
    });
    const late = delayed.times.filter((time) => time >= 1000).length;
    tell(
      `20 % with 418: ${JSON.stringify(aborted.statuses)}; 50 % 1 s later: ${late} of 100, p50 ${quantileOf(delayed, 0.5)} ms`,
    );
    expect((aborted.statuses[418] ?? 0) / 500).to.be.within(0.14, 0.26);
    expect(late).to.be.within(33, 67);
  });

  it("leaves the stack's file alone", () => {
    const { config } = parseDocument(readFileSync(join(root, "Pulumi.dev.yaml"), "utf8")).toJS();
    expect(JSON.stringify(config)).to.not.contain("puppet");
  });
});
