import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { SERVER_PARAMETERS } from "../../components/frontdoor/upstreams";
import { type FrontDoorUnderTest, prepare, removeFolder, type Site } from "./support/nginx";
import { type Replica, startReplicas } from "./support/replicas";
import {
  aliveness,
  answerDns,
  prepareCommands,
  startDiscovery,
  workersOf,
} from "./support/running-discovery";
import { tableOf } from "./support/tables";

/** What busybox's nslookup prints, in the two forms it is built with, and when there is none, or DNS is unavailable. */
const answers = {
  usual: (addresses: string[]) =>
    `Server:\t\t10.96.0.10\nAddress:\t10.96.0.10:53\n\n${addresses
      .map((address) => `Name:\tleads-service-pods\nAddress: ${address}\n`)
      .join("")}`,
  small: (addresses: string[]) =>
    `Server:    10.96.0.10\nAddress 1: 10.96.0.10 kube-dns\n\nName:      leads-service-pods\n${addresses
      .map((address, index) => `Address ${index + 1}: ${address} pod-${index}\n`)
      .join("")}`,
  none: "Server:\t\t10.96.0.10\nAddress:\t10.96.0.10:53\n\n** server can't find leads-service-pods: NXDOMAIN\n",
  empty: "Server:\t\t10.96.0.10\nAddress:\t10.96.0.10:53\n\n",
  unavailable: ";; connection timed out; no servers could be reached\n",
  failed:
    "Server:\t\t10.96.0.10\nAddress:\t10.96.0.10:53\n\n** server can't find leads-service-pods: SERVFAIL\n",
};

/** Two services are enough: each costs the script a dozen processes a round. */
const all = tableOf("dealcycle-dev");
const table = {
  ...all,
  services: all.services.filter(({ service }) => ["leads-service", "users-service"].includes(service)),
};

describe("discovery.sh", () => {
  let site: Site;
  let replicas: Replica[];
  let door: FrontDoorUnderTest | undefined;

  beforeEach(async () => {
    replicas = await startReplicas(3);
    site = await prepare(table);
    await prepareCommands(site);
  });
  afterEach(async () => {
    await Promise.all(replicas.map((replica) => replica.stop()));
    await door?.stop();
    door = undefined;
    await removeFolder(site.folder);
  });

  it("[O8] [D4] balances over the pods that a name leads to, and over those it leads to later", async () => {
    dns(answers.usual(hosts(0, 1)));
    const door = await start();
    expect(await asked(door)).to.deep.equal(hosts(0, 1));

    dns(answers.usual(hosts(1, 2)));
    await door.until("the new pods are asked", async () => String(await asked(door)) === String(hosts(1, 2)));
  });

  it("loses no request while the pods change", async () => {
    dns(answers.usual(hosts(0, 1)));
    const door = await start();
    const failures: unknown[] = [];
    let turn = 0;
    const request = async () => {
      const answer = door.ask("/leads", { method: turn++ % 2 ? "POST" : "GET" });
      const outcome = await answer.then(({ status }) => status, String);
      if (outcome !== 200) failures.push(outcome);
    };
    for (let change = 0; change < 10; change++) {
      const [comes, stays] = change % 2 ? [0, 1] : [2, 1];
      dns(answers.usual(hosts(comes, stays)));
      const before = seenBy(comes);
      await door.until("the new pod is asked", async () => {
        for (let i = 0; i < 20; i++) await request();
        return seenBy(comes) > before;
      });
    }
    expect(failures).to.deep.equal([]);
    expect(seenBy(2)).to.be.above(0);
  });

  it("keeps the servers there were when DNS does not answer", async () => {
    dns(answers.usual(hosts(0)));
    const door = await start();
    const before = list("leads-service.conf");
    for (const answer of [answers.unavailable, answers.failed]) {
      dns(answer, 1);
      await rounds(door, 1);
      expect(list("leads-service.conf")).to.deep.equal(before);
      expect(await door.replica("/leads")).to.equal(replicas[0]?.host);
    }
  });

  for (const [answer, code] of [
    ["none", 1],
    ["empty", 0],
  ] as const) {
    it(`answers 503 when no pod is ready, and the pods when they are (${answer})`, async () => {
      dns(answers[answer], code);
      const door = await start();
      expect((await door.ask("/leads")).status).to.equal(503);
      dns(answers.usual(hosts(0)));
      await door.until("a pod is asked", async () => (await door.ask("/leads")).status === 200);
    });
  }

  it("starts when DNS is unavailable, and answers 503 until it is back", async () => {
    dns(answers.unavailable, 1);
    const door = await start();
    expect((await door.ask("/leads")).status).to.equal(503);
  });

  it("writes the servers sorted, as ip_hash depends on their order", async () => {
    dns(answers.small(["10.0.0.9", "10.0.0.10", "fd00::1"]));
    await start();
    expect(list("leads-service.conf")).to.deep.equal([
      `server 10.0.0.10:${port()} ${SERVER_PARAMETERS};`,
      `server 10.0.0.9:${port()} ${SERVER_PARAMETERS};`,
      `server [fd00::1]:${port()} ${SERVER_PARAMETERS};`,
    ]);
    expect(list("leads-service_any.conf")[0]).to.equal(`server 10.0.0.10:${port()} max_fails=0;`);
  });

  it("does not make nginx read its configuration again while nothing changes", async () => {
    dns(answers.usual(hosts(0)));
    const door = await start();
    const before = workersOf(door);
    await rounds(door, 4);
    expect(workersOf(door)).to.deep.equal(before);

    dns(answers.usual(hosts(1)));
    await door.until("it has read it again now", async () => (await door.replica("/leads")) === hosts(1)[0]);
    expect(workersOf(door)).not.to.deep.equal(before);
  });

  it("is alive while it looks after the lists, and not when it has stopped", async () => {
    dns(answers.usual(hosts(0)));
    const door = await start();
    expect(await aliveness(site)).to.equal(0);
    await door.end();
    writeFileSync(join(site.layout.upstreams, "beat"), String(Math.floor(Date.now() / 1000) - 61));
    expect(await aliveness(site)).not.to.equal(0);
  });

  const list = (name: string) => readFileSync(join(site.layout.upstreams, name), "utf8").trim().split("\n");
  const seenBy = (index: number) => replicas[index]?.seen.length ?? 0;
  const hosts = (...indices: number[]) => indices.map((index) => replicas[index]?.host ?? "");
  const port = () => replicas[0]?.port;

  async function start(): Promise<FrontDoorUnderTest> {
    door = await startDiscovery(table, site, port());
    return door;
  }

  const dns = (answer: string, code?: number) => answerDns(site, answer, code);

  /** Resolves when the script has begun and ended so many rounds, and has acted on what they brought. */
  async function rounds(door: FrontDoorUnderTest, count: number): Promise<void> {
    const lookups = () => readFileSync(join(site.folder, "lookups"), "utf8").length;
    // Of the round under way all but the lookup that has begun; those asked for; one that shows that another begins.
    const { length } = door.table.services;
    const enough = lookups() + (length - 1) + count * length + 1;
    await door.until(`${count} rounds`, async () => lookups() >= enough);
  }

  /** The replicas that answer, in the order of their addresses. */
  async function asked(door: FrontDoorUnderTest): Promise<string[]> {
    const all = await Promise.all(Array.from({ length: 12 }, () => door.replica("/leads")));
    return [...new Set(all)].sort();
  }
});
