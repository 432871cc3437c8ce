import { connect } from "node:http2";
import type { ConnectionOptions } from "node:tls";
import { expect } from "chai";
import { type ClientOptions, WebSocket } from "ws";
import { FrontDoorUnderTest } from "./support/nginx";
import { type Replica, startReplicas } from "./support/replicas";
import { tableOf } from "./support/tables";

describe("A real nginx with the generated configuration", () => {
  let replicas: Replica[];
  let door: FrontDoorUnderTest;

  before(async () => {
    replicas = await startReplicas(1);
    const table = tableOf("dev");
    door = await FrontDoorUnderTest.start(table, { "api-gateway": replicas.map(({ address }) => address) });
  });
  after(async () => {
    await Promise.all((replicas ?? []).map((replica) => replica.stop()));
    await door?.stop();
  });

  it("has nothing to complain of", () => {
    expect(door.errors()).to.equal("");
  });

  it("[O8] redirects HTTP to HTTPS at the port that browsers know", async () => {
    const { status, headers } = await door.plain("/api/event/items?page=2");
    expect(status).to.equal(301);
    expect(headers.location).to.equal("https://malai.localhost:8443/api/event/items?page=2");
  });

  it("[O8] speaks HTTP/2 over TLS", async () => {
    const client = connect(`https://${door.layout.https}`, {
      ca: door.certificate,
      servername: door.table.host,
    });
    try {
      const status = await new Promise((resolve, reject) => {
        client.once("error", reject);
        client
          .request({ ":path": "/api/whoami", ":authority": door.table.host })
          .on("response", (headers) => resolve(headers[":status"]))
          .on("error", reject)
          .end();
      });
      expect(client.alpnProtocol).to.equal("h2");
      expect(status).to.equal(200);
    } finally {
      client.close();
    }
  });

  it("[O8] tells browsers to insist on HTTPS, on every answer", async () => {
    for (const path of ["/api/whoami", "/nowhere", "/health"]) {
      const { headers } = await door.ask(path);
      expect(headers["strict-transport-security"], path).to.equal("max-age=31536000");
    }
    expect((await door.plain("/")).headers).not.to.have.property("strict-transport-security");
  });

  it("[O8] tells the service which address a request is from, and does not believe a client's own headers", async () => {
    const { body } = await door.ask("/api/whoami?x=1", {
      from: "127.0.44.1",
      headers: { "x-forwarded-for": "203.0.113.9", "x-real-ip": "203.0.113.9", "x-forwarded-proto": "http" },
    });
    const { url, headers } = JSON.parse(body);
    expect(url).to.equal("/api/whoami?x=1");
    expect(headers).to.include({
      host: "malai.localhost",
      "x-real-ip": "127.0.44.1",
      "x-forwarded-for": "127.0.44.1",
      "x-forwarded-proto": "https",
    });
    expect(headers["x-request-id"]).to.match(/^[0-9a-f]{32}$/);
  });

  it("[O8] answers /health by itself, without a line in the log", async () => {
    for (const answer of [await door.plain("/health"), await door.ask("/health")]) {
      expect(answer).to.include({ status: 200, body: "healthy\n" });
    }
    await door.ask("/api/logged");
    await door.until("the log has the other request", async () => door.accessLog().includes("/api/logged"));
    expect(door.accessLog()).not.to.contain("/health");
  });

  it("answers a path of no route with 404, and keeps its own metrics to itself", async () => {
    for (const path of ["/nowhere", "/apix", "/stub_status"]) {
      expect(await door.ask(path), path).to.include({ status: 404, body: '{"error":"no such path"}' });
    }
    const status = await fetch(`http://${door.layout.local}/stub_status`);
    expect(await status.text()).to.contain("Active connections");
  });

  it("[O8] upgrades WebSockets on the paths that have them, and on no others", async () => {
    expect(await heard("/ws/tickets")).to.equal(`${replicas[0]?.host} heard hello`);
    expect(await heard("/api/tickets")).to.equal("answered with 200");
  });

  it("hides why a service has failed to answer, and says that it has", async () => {
    const [replica] = replicas as [Replica];
    const { handler } = replica;
    replica.handler = (request) => request.socket.destroy();
    try {
      const { status, body } = await door.ask("/api/whoami");
      expect(status).to.equal(502);
      expect(JSON.parse(body)).to.deep.equal({ error: "the service did not answer" });
    } finally {
      replica.handler = handler;
    }
  });

  /** What a WebSocket on a path hears after it has said hello. */
  function heard(path: string): Promise<string> {
    const options: ClientOptions & ConnectionOptions = { ca: door.certificate, servername: door.table.host };
    const socket = new WebSocket(`wss://${door.layout.https}${path}`, {
      ...options,
      headers: { host: door.table.host },
    });
    return new Promise<string>((resolve, reject) => {
      socket.on("open", () => socket.send("hello"));
      socket.on("message", (message) => resolve(String(message)));
      socket.on("unexpected-response", (_, { statusCode }) => resolve(`answered with ${statusCode}`));
      socket.on("error", reject);
    }).finally(() => socket.terminate());
  }
});

describe("A real nginx with the generated configuration, at its limits", () => {
  let replicas: Replica[];
  let door: FrontDoorUnderTest;

  before(async () => {
    replicas = await startReplicas(1);
    const addresses = replicas.map(({ address }) => address);
    const table = tableOf("dealcycle-dev", { rateLimit: { requestsPerSecond: 1, burst: 5 } });
    const servers = { "leads-service": addresses, "users-service": addresses };
    door = await FrontDoorUnderTest.start(table, servers, aMinuteForASecond);
  });
  after(async () => {
    await Promise.all((replicas ?? []).map((replica) => replica.stop()));
    await door?.stop();
  });

  it("[D4] answers a client with 429 that asks for more than its rate and burst, and no other client", async () => {
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => door.ask("/leads", { from: "127.0.50.1" })),
    );
    const refused = answers.filter(({ status }) => status === 429);
    // One, and a burst of five.
    expect(answers.length - refused.length).to.equal(6);
    expect(refused[0]?.headers).to.include({
      "retry-after": "1",
      "strict-transport-security": "max-age=31536000",
    });
    expect(JSON.parse(refused[0]?.body ?? "")).to.deep.equal({ error: "too many requests" });
    expect((await door.ask("/leads", { from: "127.0.50.2" })).status).to.equal(200);
  });

  it("[D4] does not count requests for /health", async () => {
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => door.ask("/health", { from: "127.0.51.1" })),
    );
    expect(new Set(answers.map(({ status }) => status))).to.deep.equal(new Set([200]));
  });

  it("[D4] leads /leads and all below it to the service, and not /leadsxyz", async () => {
    const from = "127.0.52.1";
    for (const path of ["/leads", "/leads?page=2", "/leads/", "/leads/7"]) {
      expect(JSON.parse((await door.ask(path, { from })).body).url).to.equal(path);
    }
    expect((await door.ask("/leadsxyz", { from })).status).to.equal(404);
  });

  it("leads several paths to one service", async () => {
    const table = tableOf("dev");
    const [gateway] = table.services;
    const paths = [...(gateway?.paths ?? []), ...(tableOf("dealcycle-dev").services[1]?.paths ?? [])];
    const many = await FrontDoorUnderTest.start(
      { ...table, services: gateway ? [{ ...gateway, paths }] : [] },
      { "api-gateway": replicas.map(({ address }) => address) },
    );
    try {
      for (const path of ["/api/1", "/ws/1", "/leads"])
        expect((await many.ask(path)).status, path).to.equal(200);
    } finally {
      await many.stop();
    }
  });

  it("leaves the header for HTTPS out where the settings say 0", async () => {
    const silent = await FrontDoorUnderTest.start(tableOf("dealcycle-dev", { hstsMaxAge: 0 }));
    try {
      expect((await silent.ask("/health")).headers).not.to.have.property("strict-transport-security");
    } finally {
      await silent.stop();
    }
  });

  it("[D4] sets the session's cookie beside the header for HTTPS", async () => {
    const { headers } = await door.ask("/users", { from: "127.0.53.1" });
    expect(headers).to.include.keys("set-cookie", "strict-transport-security");
  });
});

/** A client earns its next request by a minute, not by a second, in which a slow machine has not sent all of them. */
function aMinuteForASecond(config: string): string {
  expect(config).to.contain("rate=1r/s;");
  return config.replace("rate=1r/s;", "rate=1r/m;");
}
