import { expect } from "chai";
import { FrontDoorUnderTest } from "./support/nginx";
import { type Replica, startReplicas } from "./support/replicas";
import { tableOf } from "./support/tables";

const PROXY = "127.0.8.1";

describe("A real nginx behind a proxy", () => {
  let replica: Replica;
  let door: FrontDoorUnderTest;

  async function start(trustedProxies: readonly string[]): Promise<void> {
    [replica] = (await startReplicas(1)) as [Replica];
    const table = tableOf("dealcycle-dev", {
      trustedProxies,
      rateLimit: { requestsPerSecond: 1, burst: 0 },
    });
    door = await FrontDoorUnderTest.start(table, { "leads-service": [replica.address] });
  }
  afterEach(async () => {
    await replica?.stop();
    await door?.stop();
  });

  const askAs = (chain: string, from: string) =>
    door.ask("/leads", { from, headers: { "x-forwarded-for": chain } });

  it("[R9] limits each client by itself where it trusts the proxy, and tells services who asks", async () => {
    await start([`${PROXY}/32`]);
    for (const client of ["198.51.100.1", "198.51.100.2", "198.51.100.3"]) {
      const { status, body } = await askAs(`10.9.9.9, ${client}`, PROXY);
      expect(status, body).to.equal(200);
      expect(JSON.parse(body).headers).to.include({ "x-forwarded-for": client, "x-real-ip": client });
    }
    expect((await askAs("10.9.9.9, 198.51.100.3", PROXY)).status).to.equal(429);
  });

  it("[R9] believes no other client about the address of a request", async () => {
    await start([`${PROXY}/32`]);
    const { body } = await askAs("198.51.100.1", "127.0.8.2");
    expect(JSON.parse(body).headers).to.include({ "x-forwarded-for": "127.0.8.2" });
    expect((await askAs("198.51.100.2", "127.0.8.2")).status).to.equal(429);
  });

  it("[R9] believes no proxy unless it is told", async () => {
    await start([]);
    const { body } = await askAs("198.51.100.1", PROXY);
    expect(JSON.parse(body).headers).to.include({ "x-forwarded-for": PROXY });
  });
});
