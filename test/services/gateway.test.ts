import { once } from "node:events";
import { Agent, request } from "node:http";
import { createServer as createTcpServer, type Server } from "node:net";
import { Readable } from "node:stream";
import { expect } from "chai";
import Fastify, { type FastifyInstance } from "fastify";
import { readConfig } from "../../services/reference/src/config";
import { gatewayRoutes } from "../../services/reference/src/gateway";
import { createServer } from "../../services/reference/src/server";
import { closedPort } from "./process";

describe("reference service: gateway", () => {
  const started: FastifyInstance[] = [];
  const listeners: Server[] = [];

  afterEach(async () => {
    for (const app of started.splice(0)) await app.close();
    for (const server of listeners.splice(0)) server.close();
  });

  /** A gateway with these edges, by service name. */
  async function gateway(edges: Record<string, string>, answerTimeout?: number) {
    const urls = Object.entries(edges).map(([name, url]) => [
      `${name.toUpperCase().replace("-", "_")}_URL`,
      url,
    ]);
    const config = readConfig({
      SERVICE_NAME: "api-gateway",
      PORT: "3000",
      HOSTNAME: "gateway-0",
      LOG_LEVEL: "silent",
      ...Object.fromEntries(urls),
    });
    const app = createServer(config);
    app.register(async (api) => gatewayRoutes(api, config, answerTimeout));
    started.push(app);
    await app.ready();
    return app;
  }

  /** An upstream that answers with what it received. */
  async function echo(): Promise<string> {
    const app = Fastify();
    app.removeAllContentTypeParsers();
    app.addContentTypeParser("*", { parseAs: "string" }, (_request, body, done) => done(null, body));
    app.all("/*", async (request, reply) => {
      const { method, url, headers, body } = request;
      return reply.code(method === "POST" ? 201 : 200).send({ method, url, headers, body });
    });
    started.push(app);
    return app.listen({ host: "127.0.0.1", port: 0 });
  }

  /** An upstream that does what it is told with each connection; counts them. */
  async function tcp(onConnection: (socket: import("node:net").Socket, count: number) => void) {
    const seen = { connections: 0 };
    const server = createTcpServer((socket) => {
      socket.on("error", () => undefined);
      seen.connections += 1;
      onConnection(socket, seen.connections);
    });
    listeners.push(server.listen(0, "127.0.0.1"));
    await once(server, "listening");
    const { port } = server.address() as { port: number };
    return { url: `http://127.0.0.1:${port}`, seen };
  }

  it("passes on path, query, method and body, under the service's name with and without -service", async () => {
    const app = await gateway({ "event-service": await echo() });
    for (const name of ["event", "event-service"]) {
      const response = await app.inject({
        method: "POST",
        url: `/api/${name}/v1/items?limit=5&q=a%20b`,
        headers: { "content-type": "text/plain" },
        payload: "as it came",
      });
      expect(response.statusCode).to.equal(201);
      expect(response.json()).to.include({
        method: "POST",
        url: "/v1/items?limit=5&q=a%20b",
        body: "as it came",
      });
    }
    expect((await app.inject("/api/event")).json()).to.include({ url: "/" });
  });

  it("passes on the request id and where the request came from", async () => {
    const app = await gateway({ "auth-service": await echo() });
    const response = await app.inject({
      url: "/api/auth/whoami",
      headers: {
        "x-request-id": "id-1",
        "x-forwarded-for": "203.0.113.7",
        host: "malai.app",
        te: "trailers",
      },
    });
    const { headers } = response.json();
    expect(response.headers["x-request-id"]).to.equal("id-1");
    expect(headers).to.include({
      "x-request-id": "id-1",
      "x-forwarded-for": "203.0.113.7, 127.0.0.1",
      "x-forwarded-proto": "http",
      "x-forwarded-host": "malai.app",
    });
    expect(headers).to.not.have.property("te");
  });

  it("makes a request id when there is none, or one that could harm a log", async () => {
    const app = await gateway({ "auth-service": await echo() });
    for (const given of [undefined, "a b\tc", "x".repeat(129)]) {
      const response = await app.inject({
        url: "/api/auth/",
        headers: given ? { "x-request-id": given } : {},
      });
      const id = response.headers["x-request-id"];
      expect(id).to.match(/^[0-9a-f-]{36}$/);
      expect(response.json().headers["x-request-id"]).to.equal(id);
    }
  });

  it("answers 404 with the names it knows to an unknown service", async () => {
    const app = await gateway({
      "auth-service": "http://127.0.0.1:1",
      "event-service": "http://127.0.0.1:1",
    });
    for (const url of ["/api/orders/1", "/call/orders"]) {
      const response = await app.inject(url);
      expect(response.statusCode).to.equal(404);
      expect(response.json().services).to.deep.equal(["auth-service", "event-service"]);
    }
  });

  it("answers 502 when the service refuses connections", async () => {
    const app = await gateway({ "auth-service": `http://127.0.0.1:${await closedPort()}` });
    for (const url of ["/api/auth/items", "/call/auth"]) {
      const response = await app.inject(url);
      expect(response.statusCode).to.equal(502);
      expect(response.json()).to.deep.equal({
        statusCode: 502,
        error: "Bad Gateway",
        message: "auth-service cannot be reached: ECONNREFUSED",
      });
    }
  });

  it("answers 504 when the service does not answer in time", async () => {
    const { url } = await tcp(() => undefined);
    const app = await gateway({ "auth-service": url }, 300);
    const response = await app.inject("/api/auth/slow");
    expect(response.statusCode).to.equal(504);
    expect(response.json().error).to.equal("Gateway Timeout");
  });

  it("sends a GET once more when the connection is lost, and only a GET", async () => {
    const { url, seen } = await tcp((socket, count) => {
      if (count === 1) socket.destroy();
      else socket.once("data", () => socket.end("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok"));
    });
    const app = await gateway({ "auth-service": url });
    expect((await app.inject("/api/auth/items")).payload).to.equal("ok");
    expect(seen.connections).to.equal(2);

    const lost = await tcp((socket) => socket.destroy());
    const other = await gateway({ "auth-service": lost.url });
    expect((await other.inject({ method: "POST", url: "/api/auth/items" })).statusCode).to.equal(502);
    expect(lost.seen.connections).to.equal(1);
    expect((await other.inject("/api/auth/items")).statusCode).to.equal(502);
    expect(lost.seen.connections).to.equal(3);
  });

  it("takes a 503 for the service's answer, and does not ask again", async () => {
    let asked = 0;
    const upstream = Fastify();
    upstream.get("/items", async (_request, reply) => {
      asked += 1;
      return reply.code(503).header("retry-after", "5").send({ error: "Service Unavailable" });
    });
    started.push(upstream);
    const app = await gateway({ "auth-service": await upstream.listen({ host: "127.0.0.1", port: 0 }) });
    const response = await app.inject("/api/auth/items");
    expect(response.statusCode).to.equal(503);
    expect(response.headers["retry-after"]).to.equal("5");
    expect(asked).to.equal(1);
  });

  it("calls another service and shows both ends with one request id", async () => {
    const upstream = Fastify();
    upstream.get("/whoami", async (request) => ({
      service: "auth-service",
      requestId: request.headers["x-request-id"],
    }));
    started.push(upstream);
    const app = await gateway({ "auth-service": await upstream.listen({ host: "127.0.0.1", port: 0 }) });
    const response = await app.inject({ url: "/call/auth-service", headers: { "x-request-id": "id-2" } });
    expect(response.json()).to.deep.equal({
      caller: { service: "api-gateway", version: "0.0.0", instance: "gateway-0", requestId: "id-2" },
      callee: { service: "auth-service", requestId: "id-2" },
    });
  });

  /** A service of this repository, which takes bodies of a megabyte. */
  async function service(): Promise<string> {
    const app = createServer(
      readConfig({ SERVICE_NAME: "event-service", PORT: "4001", HOSTNAME: "event-0", LOG_LEVEL: "silent" }),
    );
    app.post("/items", async () => ({}));
    started.push(app);
    return app.listen({ host: "127.0.0.1", port: 0 });
  }

  /** Sends a body in pieces on a connection of its own; the status, and whether the connection may go on. */
  function upload(url: string, size: number, piece: number): Promise<unknown[]> {
    return new Promise((resolve) => {
      const agent = new Agent({ keepAlive: true });
      const headers = { "content-type": "application/json", "content-length": size };
      const sent = request(url, { method: "POST", agent, headers }, (response) => {
        response.resume().once("end", () => {
          resolve([response.statusCode, response.headers.connection === "close" ? "closes" : "stays open"]);
          agent.destroy();
        });
      });
      sent.on("error", (error: NodeJS.ErrnoException) => resolve([error.code]));
      Readable.from(piecesOf(size, piece)).pipe(sent);
    });
  }

  function* piecesOf(size: number, piece: number) {
    for (let left = size; left > 0; left -= piece) yield Buffer.alloc(Math.min(piece, left), " ");
  }

  for (const piece of [16_384, 9_900_000]) {
    it(`[R53] a body that is too large is read to its end and answered with 413, in pieces of ${piece}`, async () => {
      const address = await service();
      const app = await gateway({ "event-service": address });
      const door = await app.listen({ host: "127.0.0.1", port: 0 });
      for (const url of [`${address}/items`, `${door}/api/event/items`]) {
        const answers = await Promise.all(Array.from({ length: 8 }, () => upload(url, 9_900_000, piece)));
        expect(answers, url).to.deep.equal(Array(8).fill([413, "stays open"]));
      }
    });
  }

  it("[R53] a service that answers before it has read a body costs the client its answer, not its connection", async () => {
    const { url } = await tcp((socket) => socket.once("data", () => socket.destroy()));
    const app = await gateway({ "event-service": url });
    const door = await app.listen({ host: "127.0.0.1", port: 0 });
    expect(await upload(`${door}/api/event/items`, 9_900_000, 16_384)).to.deep.equal([502, "stays open"]);
  });
});
