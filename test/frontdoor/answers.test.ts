import { writeFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { connect as connectTcp, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import { expect } from "chai";
import { FrontDoorUnderTest } from "./support/nginx";
import { type Replica, startReplicas } from "./support/replicas";
import { tableOf } from "./support/tables";

const json = (error: string) => JSON.stringify({ error });

describe("A real nginx with the generated configuration, at the sizes and paths that it takes", () => {
  let replica: Replica;
  let door: FrontDoorUnderTest;

  beforeEach(async () => {
    [replica] = (await startReplicas(1)) as [Replica];
    const table = tableOf("dealcycle-dev");
    door = await FrontDoorUnderTest.start(table, { "leads-service": [replica.address] });
  });
  afterEach(async () => {
    await replica?.stop();
    await door?.stop();
  });

  it("[R4] nginx passes on a header field of 30 kB", async () => {
    const { status, body } = await door.ask("/leads", { headers: { cookie: `a=${"x".repeat(30_000)}` } });
    expect(status, body).to.equal(200);
    expect(JSON.parse(body).headers.cookie).to.have.lengthOf(30_002);
  });

  it("[R4] nginx passes on an answer's header of 30 kB, and does not put the replica aside", async () => {
    const cookie = `a=${"x".repeat(30_000)}`;
    replica.handler = (_, response) => response.writeHead(200, { "set-cookie": cookie }).end();
    for (let i = 0; i < 5; i++) {
      const { status, headers } = await door.ask("/leads");
      expect(status).to.equal(200);
      expect(headers["set-cookie"]).to.deep.equal([cookie]);
    }
  });

  for (const [what, status, error, question, path = "/leads"] of [
    [
      "a header that is too large",
      431,
      "the header fields are too large",
      { headers: { cookie: "x".repeat(33_000) } },
    ],
    ["an address that is too long", 414, "the address is too long", {}, `/leads?${"x".repeat(33_000)}`],
    [
      "a body that is too large",
      413,
      "the body is too large",
      { method: "POST", body: "x".repeat(11_000_000) },
    ],
    [
      "a body of no length",
      400,
      "the request is not understood",
      { method: "POST", headers: { "content-length": "many" } },
    ],
    ["a header that is none", 400, "the request is not understood", { headers: { host: "a b" } }],
  ] as const) {
    it(`[R4] nginx answers ${what} with ${status} and JSON`, async () => {
      const answer = await door.ask(path, question);
      expect(answer).to.include({ status, body: json(error) });
      expect(answer.headers).to.include({
        "content-type": "application/json",
        "strict-transport-security": "max-age=31536000",
      });
    });
  }

  it("[R4] nginx answers what is no HTTP with 400 and JSON, also at the plain port", async () => {
    const { http, https } = door.layout;
    const tls = { ...addressOf(https), servername: door.table.host, ca: door.certificate };
    for (const open of [() => connectTcp(addressOf(http)), () => connectTls(tls)]) {
      expect(await rawAnswer(open, "no request\r\n\r\n")).to.match(
        /^HTTP\/1\.1 400 [\s\S]*application\/json[\s\S]*\{"error":"the request is not understood"\}$/,
      );
    }
  });

  it("[R4] nginx answers HTTP at the port of HTTPS with 400 and JSON", async () => {
    const request = `GET /leads HTTP/1.1\r\nhost: ${door.table.host}\r\nconnection: close\r\n\r\n`;
    const answer = await rawAnswer(() => connectTcp(addressOf(door.layout.https)), request);
    expect(answer).to.match(/^HTTP\/1\.1 400 [\s\S]*\{"error":"this port speaks HTTPS"\}$/);
  });

  it("[R4] nginx answers for a silent service with 504 and JSON", async () => {
    await door.stop();
    door = await FrontDoorUnderTest.start(
      tableOf("dealcycle-dev"),
      { "leads-service": [replica.address] },
      (config) => config.replaceAll("proxy_read_timeout    60s", "proxy_read_timeout    50ms"),
    );
    replica.handler = () => undefined;
    for (const method of ["GET", "POST"]) {
      const { status, body } = await door.ask("/leads", { method });
      expect([status, body]).to.deep.equal([504, json("the service did not answer in time")]);
    }
  });

  it("[R4] nginx passes on what a service says, whatever the status", async () => {
    for (const status of [400, 404, 413, 431, 500, 501, 503, 504]) {
      replica.handler = (_, response) =>
        response.writeHead(status, { "content-type": "text/plain" }).end("mine");
      const answer = await door.ask("/leads", { method: "POST" });
      expect(answer).to.include({ status, body: "mine" });
      expect(answer.headers["content-type"]).to.equal("text/plain");
    }
  });

  it("[R5] nginx takes slashes at the beginning for one, and services are sent one", async () => {
    for (const path of ["//leads/7?a=//b", "///leads/7?a=//b"]) {
      const { status, body } = await door.ask(path);
      expect([status, JSON.parse(body).url], path).to.deep.equal([200, "/leads/7?a=//b"]);
    }
    expect((await door.ask("//health")).body).to.equal("healthy\n");
  });

  it("[R5] nginx leads nothing to a service under a path that is its own only when decoded", async () => {
    for (const path of [
      "/leads%2f7",
      "/%6Ceads/7",
      "/x/../leads/7",
      "/./leads",
      "//x//..//leads",
      "/leads%3Fx",
    ]) {
      const answer = await door.ask(path);
      expect(answer, path).to.include({ status: 404, body: json("no such path") });
      expect(answer.headers["content-type"]).to.equal("application/json");
    }
    expect(replica.seen).to.deep.equal([]);
  });

  it("[R5] nginx passes on a path below a route as it was written", async () => {
    for (const path of [
      "/leads/a%2Fb",
      "/leads/a%20b?c=%2F",
      "/leads//7",
      "/leads?x=1#y",
      "/leads/a;b=1,2",
    ]) {
      const { status, body } = await door.ask(path);
      expect([status, JSON.parse(body).url], path).to.deep.equal([200, path]);
    }
  });

  it("[R6] nginx keeps no large answer on its disk for a slow reader: the service has to wait", async () => {
    const piece = Buffer.alloc(1 << 20);
    let written = 0;
    let waits = false;
    replica.handler = (_, response) => {
      const more = () => {
        while (written < 32) {
          written++;
          if (response.write(piece)) continue;
          response.once("drain", more);
          waits = true;
          return;
        }
        response.end();
      };
      more();
    };
    const { host } = door.table;
    const socket = connectTls({ ...addressOf(door.layout.https), servername: host, ca: door.certificate });
    socket.pause().write(`GET /leads HTTP/1.1\r\nhost: ${host}\r\n\r\n`);
    await door.until("the service waits", async () => waits);
    let length = 0;
    socket.on("data", (data) => {
      length += data.length;
    });
    socket.resume();
    await door.until("all of it has come", async () => length > 32 << 20);
    socket.destroy();
    expect(door.errors()).to.not.contain("temporary file");
  });

  it("[R6] nginx answers 503 with JSON when there is no more space for bodies", async () => {
    await rm(door.layout.bodies, { recursive: true });
    writeFileSync(door.layout.bodies, "no folder");
    const answer = await door.ask("/leads", { method: "POST", body: "x".repeat(100_000) });
    expect(answer).to.include({ status: 503, body: json("too much at once") });
    expect(answer.headers["retry-after"]).to.equal("5");
    expect((await door.ask("/leads", { method: "POST", body: "x".repeat(60_000) })).status).to.equal(200);
  });
});

const addressOf = (listen: string) => {
  const [host, port] = listen.split(":");
  return { host, port: Number(port) };
};

/** What comes back for some bytes, headers and all. */
function rawAnswer(open: () => Socket, text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    const socket = open();
    socket.on("data", (chunk) => chunks.push(chunk));
    socket.on("error", reject);
    socket.on("close", () => resolve(Buffer.concat(chunks).toString()));
    socket.write(text);
  });
}
