import { expect } from "chai";
import { FrontDoorUnderTest } from "./support/nginx";
import { type Replica, startReplicas } from "./support/replicas";
import { tableOf } from "./support/tables";

const clients = (count: number) => Array.from({ length: count }, (_, index) => `127.0.${100 + index}.1`);

describe("A real nginx with the generated configuration, balancing", () => {
  let replicas: Replica[];
  let door: FrontDoorUnderTest;

  beforeEach(async () => {
    replicas = await startReplicas(3);
    const addresses = replicas.map(({ address }) => address);
    const table = tableOf("dealcycle-dev");
    door = await FrontDoorUnderTest.start(
      table,
      Object.fromEntries(table.services.map(({ service }) => [service, addresses])),
    );
  });
  afterEach(async () => {
    await Promise.all((replicas ?? []).map((replica) => replica.stop()));
    await door?.stop();
  });

  it("[D4] asks the replicas in turn where the catalog says round_robin", async () => {
    const answers = await inTurn(30, () => door.replica("/leads"));
    expect(counts(answers)).to.deep.equal([10, 10, 10]);
  });

  it("[O8] [D4] asks the replica with the fewest open requests where the catalog says least_conn", async () => {
    const [busy] = replicas as [Replica];
    const held: (() => void)[] = [];
    busy.handler = (request, response) => held.push(() => busy.echo(request, response));
    const waiting = Promise.all(Array.from({ length: 3 }, () => door.ask("/buyers")));
    await door.until("one request is held", async () => held.length > 0);

    const answers = await inTurn(20, () => door.replica("/buyers"));

    expect(answers).not.to.include(busy.host);
    expect(held.length).to.equal(1);
    for (const release of held) release();
    await waiting;
  });

  it("[O8] [D4] sends a client address to the same replica where the catalog says ip_hash", async () => {
    for (const from of clients(5)) {
      const answers = await inTurn(10, () => door.replica("/auth", { from }));
      expect(new Set(answers).size, `replicas for ${from}`).to.equal(1);
    }
  });

  it("[O8] spreads client addresses over all replicas with ip_hash", async () => {
    const answers = await Promise.all(clients(30).map((from) => door.replica("/auth", { from })));
    expect(new Set(answers).size).to.equal(3);
  });

  it("[D4] keeps a browser on one replica by a cookie that no script can read", async () => {
    const first = await door.ask("/users");
    const cookie = String(first.headers["set-cookie"]);
    const [pair = ""] = cookie.split(";");
    expect(cookie).to.match(/^users_service_session=[0-9a-f]{32}; Path=\/; HttpOnly; Secure; SameSite=Lax$/);

    const answers = await inTurn(10, () => door.replica("/users/1", { headers: { cookie: pair } }));

    expect(new Set(answers)).to.deep.equal(new Set([JSON.parse(first.body).replica]));
  });

  it("[D4] spreads browsers over all replicas, and gives no second cookie to one that has its own", async () => {
    const answers = await Promise.all(Array.from({ length: 40 }, () => door.replica("/users")));
    expect(new Set(answers).size).to.equal(3);
    const known = await door.ask("/users", {
      headers: { cookie: `users_service_session=${"0a".repeat(16)}` },
    });
    expect(known.headers).not.to.have.property("set-cookie");
    const forged = await door.ask("/users", { headers: { cookie: "users_service_session=mine" } });
    expect(String(forged.headers["set-cookie"])).to.match(/^users_service_session=[0-9a-f]{32};/);
  });

  for (const path of ["/auth", "/leads", "/buyers", "/users"]) {
    it(`[O8] [D4] loses no request to ${path} when a replica dies`, async () => {
      await inTurn(9, () => door.replica(path));
      await replicas[1]?.stop();
      const from = clients(60);
      const gets = await Promise.all(from.map((from) => door.ask(path, { from })));
      const posts = await Promise.all(
        from.map((from) => door.ask(path, { from, method: "POST", body: "{}" })),
      );
      expect([...gets, ...posts].filter(({ status }) => status !== 200)).to.deep.equal([]);
    });
  }

  it("[O8] leaves a failing replica alone after three failures, and asks another instead", async () => {
    const [ill] = replicas as [Replica];
    ill.handler = (_, response) => response.writeHead(503).end();
    const answers = await inTurn(60, () => door.replica("/leads"));
    expect(answers).not.to.include(ill.host);
    expect(ill.seen.length).to.equal(3);
  });

  it("[O8] never sends twice what may have changed something", async () => {
    for (const replica of replicas) replica.handler = (request) => request.socket.destroy();
    const { status } = await door.ask("/leads", { method: "POST", body: '{"name":"once"}' });
    expect(status).to.equal(502);
    expect(replicas.flatMap(({ seen }) => seen)).to.deep.equal(["POST /leads"]);
  });

  for (const path of ["/auth", "/leads", "/buyers", "/users"]) {
    it(`goes on answering ${path} when one page of it fails on every replica`, async () => {
      for (const replica of replicas) {
        replica.handler = (request, response) =>
          request.url?.endsWith("/broken")
            ? response.writeHead(500).end("broken")
            : replica.echo(request, response);
      }
      const broken = await inTurn(10, () => door.ask(`${path}/broken`));
      expect(broken.map(({ status }) => status)).to.deep.equal(Array(10).fill(500));
      expect((await door.ask(path)).status).to.equal(200);
    });
  }

  it("answers 503 at once for a service without a ready replica", async () => {
    await door.stop();
    door = await FrontDoorUnderTest.start(tableOf("dealcycle-dev"));
    const { status, headers, body } = await door.ask("/leads", { method: "POST" });
    expect(status).to.equal(503);
    expect(headers["retry-after"]).to.equal("5");
    expect(JSON.parse(body)).to.deep.equal({ error: "no replica is ready" });
  });
});

async function inTurn<T>(count: number, ask: () => Promise<T>): Promise<T[]> {
  const answers: T[] = [];
  for (let i = 0; i < count; i++) answers.push(await ask());
  return answers;
}

const counts = (answers: string[]) =>
  [...new Set(answers)].map((one) => answers.filter((answer) => answer === one).length);
