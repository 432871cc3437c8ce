import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createSecureContext, TLSSocket } from "node:tls";
import { expect } from "chai";
import { until } from "../support/until";
import { type Issued, issueFor } from "./certificates";
import { serviceRunner } from "./process";

/** How often a store was connected to, how often the other end has gone, and what came on secure connections. */
interface Heard {
  port: number;
  connections: number;
  closed: number;
  bytes: string;
}

type Stores = Record<"database" | "cache" | "queue", Heard>;

/** The request of a Postgres client to go on encrypted (PostgreSQL's protocol, "SSLRequest"). */
const SSL_REQUEST = Buffer.from([0, 0, 0, 8, 4, 210, 22, 47]);

describe("reference service: TLS to its stores", () => {
  let runner: Awaited<ReturnType<typeof serviceRunner>>;
  let folder: string;
  const servers: Server[] = [];

  before(async () => {
    runner = await serviceRunner();
    folder = mkdtempSync(join(tmpdir(), "stores-ca-"));
  });
  afterEach(() => {
    for (const server of servers.splice(0)) server.close();
  });
  after(() => {
    runner.end();
    rmSync(folder, { recursive: true });
  });

  /** A server that secures each connection with this certificate and listens to what comes first. */
  async function store(
    { key, certificate }: Issued,
    secure: (socket: Socket) => Promise<void>,
  ): Promise<Heard> {
    const context = createSecureContext({ key, cert: certificate });
    const heard: Heard = { port: 0, connections: 0, closed: 0, bytes: "" };
    const server = createServer(async (socket) => {
      heard.connections += 1;
      socket.on("error", () => undefined);
      await secure(socket);
      const secured = new TLSSocket(socket, { isServer: true, secureContext: context });
      secured.on("error", () => undefined);
      secured.on("close", () => {
        heard.closed += 1;
      });
      secured.on("data", (data) => {
        heard.bytes += data.toString("latin1");
      });
    }).listen(0, "localhost");
    servers.push(server);
    await once(server, "listening");
    heard.port = (server.address() as AddressInfo).port;
    return heard;
  }

  const atOnce = async () => undefined;
  const asPostgres = async (socket: Socket) => {
    const [request] = await once(socket, "data");
    expect(request).to.deep.equal(SSL_REQUEST);
    socket.write("S");
  };

  /** What all three stores have heard of a service, as soon as that is enough. */
  async function connectWith(issued: Issued, ca: string, isEnough: (heard: Stores) => boolean) {
    const file = join(folder, "ca.crt");
    writeFileSync(file, ca);
    const database = await store(issued, asPostgres);
    const cache = await store(issued, atOnce);
    const queue = await store(issued, atOnce);
    const stores = { database, cache, queue };
    const service = await runner.start({
      DATABASE_URL: `postgresql://u:hunter2@localhost:${database.port}/d?sslmode=verify-full&sslrootcert=${file}`,
      REDIS_URL: `rediss://:hunter2@localhost:${cache.port}`,
      RABBITMQ_URL: `amqps://u:hunter2@localhost:${queue.port}`,
      NODE_EXTRA_CA_CERTS: file,
      DRAIN_SECONDS: "0",
    });
    // It connects to the database when it has need of it, and waits for an answer that none of them gives.
    const health = fetch(`${service.url}/health`).catch(() => undefined);
    try {
      await until("the stores have heard enough", 40, async () => stores, isEnough);
    } finally {
      service.kill("SIGKILL");
      await Promise.all([service.exited, health]);
    }
    return stores;
  }

  /** Whether each store has been connected to and left again: nothing more comes on that connection. */
  const wereLeft = (stores: Stores) => Object.values(stores).every(({ closed }) => closed > 0);

  function expectNothingSaid(stores: Stores) {
    for (const [name, { connections, bytes }] of Object.entries(stores)) {
      expect(connections, name).to.be.above(0);
      expect(bytes, name).to.equal("");
    }
  }

  it("[O11] speaks to each over TLS, with a certificate of the platform's CA", async () => {
    const issued = await issueFor("localhost");
    const startup = "user\0u\0database\0d\0";
    const header = "AMQP\0\0\t\x01";
    const { database, cache, queue } = await connectWith(
      issued,
      issued.ca,
      ({ database, cache, queue }) =>
        database.bytes.includes(startup) && /auth/i.test(cache.bytes) && queue.bytes.includes(header),
    );
    expect(database.bytes).to.include(startup);
    expect(cache.bytes.toLowerCase()).to.include("auth");
    expect(queue.bytes).to.include(header);
  });

  it("sends nothing, least of all a password, to a store that another CA vouches for", async () => {
    const { ca } = await issueFor("localhost");
    expectNothingSaid(await connectWith(await issueFor("localhost"), ca, wereLeft));
  });

  it("sends nothing to a store whose certificate has another name", async () => {
    const issued = await issueFor("elsewhere");
    expectNothingSaid(await connectWith(issued, issued.ca, wereLeft));
  });
});
