import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import { expect } from "chai";
import { until } from "../support/until";
import { closedPort, serviceRunner, statusOf } from "./process";

describe("reference service: process", () => {
  let runner: Awaited<ReturnType<typeof serviceRunner>>;

  before(async () => {
    runner = await serviceRunner();
  });
  after(() => runner.end());

  /** A server that answers when the test says so. */
  async function heldUpstream() {
    const held: ServerResponse[] = [];
    const server = createServer((_request, response) => held.push(response)).listen(0, "127.0.0.1");
    const asked = once(server, "request");
    await once(server, "listening");
    const { port } = server.address() as { port: number };
    return {
      url: `http://127.0.0.1:${port}`,
      /** Resolves when the first request has arrived. */
      asked,
      answer: () => {
        for (const response of held) response.end('{"service":"slow"}');
      },
      close: () => {
        server.closeAllConnections();
        server.close();
      },
    };
  }

  it("ends with one clear message and code 1 when the environment is wrong", async () => {
    const service = runner.spawnService({ PORT: "x", REQUIRED_SECRETS: "JWT_SECRET" });
    expect(await service.exited).to.equal(1);
    expect(service.output()).to.equal(
      [
        "3 problems in the environment:",
        "  SERVICE_NAME is not set",
        "  PORT must be a whole number from 1 to 65535",
        "  JWT_SECRET is not set\n",
      ].join("\n"),
    );
  });

  it("says who it is under /v1 and without, counts requests by route, and logs them but not probes", async () => {
    const service = await runner.start({ SERVICE_VERSION: "1.2.3", HOSTNAME: "trial-0", DRAIN_SECONDS: "0" });
    const paths = ["/v1/whoami", "/whoami?token=hunter2"];
    for (const [index, path] of paths.entries()) {
      const response = await fetch(service.url + path, { headers: { "x-request-id": "id-3" } });
      expect(response.headers.get("x-request-id")).to.equal("id-3");
      expect(await response.json()).to.deep.equal({
        service: "trial-service",
        version: "1.2.3",
        instance: "trial-0",
        requestId: "id-3",
      });
      // It counts and logs a request a moment after its answer has left.
      await service.printed("request completed", index + 1);
    }
    const metrics = await (await fetch(`${service.url}/metrics`)).text();
    expect(metrics).to.match(/^http_requests_total\{method="GET",route="\/v1\/whoami",status="200",.*\} 1$/m);
    expect(metrics).to.match(/^http_request_duration_seconds_bucket\{.*le="2".*route="\/whoami".*\} 1$/m);
    expect(metrics).to.match(/^process_resident_memory_bytes\{/m);
    expect(metrics).to.not.include("/health");

    // What it has printed is complete only when it has ended.
    service.kill("SIGTERM");
    expect(await service.exited).to.equal(0);
    const lines = service
      .output()
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    const requests = lines.filter(({ msg }) => msg === "request completed");
    expect(requests.map(({ path }) => path)).to.deep.equal(["/v1/whoami", "/whoami"]);
    expect(requests[0]).to.include({
      service: "trial-service",
      requestId: "id-3",
      status: 200,
      level: "info",
    });
    expect(service.output()).to.not.include("hunter2");
  });

  it("[O11] runs on in part while every store is unavailable, and says so", async () => {
    const [database, cache, queue] = [await closedPort(), await closedPort(), await closedPort()];
    const service = await runner.start({
      DATABASE_URL: `postgresql://u:hunter2@127.0.0.1:${database}/d`,
      REDIS_URL: `redis://:hunter2@127.0.0.1:${cache}`,
      RABBITMQ_URL: `amqp://u:hunter2@127.0.0.1:${queue}`,
      LOG_LEVEL: "trace",
      DRAIN_SECONDS: "0",
    });
    const health = await fetch(`${service.url}/health`);
    expect(health.status).to.equal(503);
    expect(await health.json()).to.deep.include({
      status: "unhealthy",
      dependencies: {
        database: { status: "down" },
        cache: { status: "down" },
        messageQueue: { status: "down" },
      },
    });
    expect(await statusOf(`${service.url}/health/ready`)).to.equal(503);

    const item = "/items/5f1b6f2e-35c0-4d38-9d29-0d9df4a3f0a1";
    const answers = [
      await fetch(`${service.url}/items`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: '{"name":"n"}',
      }),
      await fetch(service.url + item),
    ];
    for (const answer of answers) {
      expect(answer.status).to.equal(503);
      expect(answer.headers.get("retry-after")).to.equal("5");
      expect(await answer.json()).to.deep.equal({
        statusCode: 503,
        error: "Service Unavailable",
        message: "database is unavailable",
      });
    }
    const metrics = await (await fetch(`${service.url}/metrics`)).text();
    expect(metrics).to.match(/^dependency_up\{dependency="database",.*\} 0$/m);

    // The database is asked for above alone; the others are connected to in the background. No attempt may end it.
    await service.printed("cache connection failed", 3);
    await service.printed("no message queue yet", 3);
    expect(await statusOf(`${service.url}/health/live`)).to.equal(200);
    expect(service.output()).to.include("messageQueue is down").and.not.include("hunter2");
    service.kill("SIGTERM");
    expect(await service.exited, service.output()).to.equal(0);
  });

  it("[O12] loses no request at SIGTERM: not ready at once, serves on, finishes what is in flight, exits 0", async () => {
    const upstream = await heldUpstream();
    const service = await runner.startTimed({ DRAIN_SECONDS: "3", AUTH_SERVICE_URL: upstream.url });
    const statuses = new Map<number | undefined, number>();
    const answered = () => [...statuses.values()].reduce((sum, count) => sum + count, 0);
    let proxiesSend = true;
    const clients = Array.from({ length: 8 }, async () => {
      while (proxiesSend) {
        const status = await statusOf(`${service.url}/whoami`);
        statuses.set(status, (statuses.get(status) ?? 0) + 1);
      }
    });
    const untilAnswered = (more: number) => {
      const count = answered() + more;
      return until(
        `${more} more answers`,
        40,
        async () => answered(),
        (now) => now >= count,
      );
    };
    await untilAnswered(50);

    service.kill("SIGTERM");
    await service.printed("draining");
    expect(await statusOf(`${service.url}/health/ready`)).to.equal(503);
    expect(await statusOf(`${service.url}/health/live`)).to.equal(200);
    expect((await fetch(`${service.url}/whoami`)).headers.get("connection")).to.equal("close");
    const inFlight = fetch(`${service.url}/call/auth-service`);
    await upstream.asked;
    await service.pass(2_999);
    await untilAnswered(100);
    proxiesSend = false;
    await Promise.all(clients);

    await service.pass(1);
    const live = () => statusOf(`${service.url}/health/live`);
    await until("it takes no connection any more", 40, live, (status) => status === undefined);
    upstream.answer();
    const answer = await inFlight;
    expect(answer.status).to.equal(200);
    expect(await answer.json()).to.have.nested.property("callee.service", "slow");
    expect(await service.exited, service.output()).to.equal(0);
    expect([...statuses.keys()], "statuses under load").to.deep.equal([200]);
    expect(statuses.get(200)).to.be.above(100);
    expect(await live()).to.equal(undefined);
    upstream.close();
  });

  it("exits with 1 at a second signal", async () => {
    const service = await runner.startTimed();
    service.kill("SIGTERM");
    // Two that come at once are one.
    await service.printed("draining");
    service.kill("SIGTERM");
    expect(await service.exited).to.equal(1);
    expect(service.output()).to.include("SIGTERM again");
  });

  it("exits with 1 when a request outlasts the grace period", async () => {
    const upstream = await heldUpstream();
    const service = await runner.startTimed({
      DRAIN_SECONDS: "0",
      GRACE_SECONDS: "1",
      AUTH_SERVICE_URL: upstream.url,
    });
    const cutOff = fetch(`${service.url}/call/auth-service`).then(
      () => "answered",
      () => "cut off",
    );
    await upstream.asked;
    service.kill("SIGTERM");
    await service.printed("draining");
    let isOver = false;
    const exited = service.exited.finally(() => {
      isOver = true;
    });
    await service.pass(999);
    expect(isOver).to.equal(false);
    await service.pass(1);
    expect(await exited).to.equal(1);
    expect(service.output()).to.include("not done after 1 s");
    expect(await cutOff).to.equal("cut off");
    upstream.close();
  });
});
