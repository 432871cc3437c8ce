import { mock } from "node:test";
import { setImmediate as turn } from "node:timers/promises";
import { expect } from "chai";
import Fastify from "fastify";
import type { Dependency } from "../../services/reference/src/dependency";
import { Health, healthRoutes } from "../../services/reference/src/health";

type Check = Dependency["check"];

const up: Check = async () => undefined;
const down: Check = async () => {
  throw new Error("connection refused");
};
const hung: Check = () => new Promise(() => undefined);

function store(name: Dependency["name"], check: Check): Dependency {
  return { name, check, close: async () => undefined };
}

function serve(health: Health) {
  const app = Fastify();
  healthRoutes(app, health);
  return async (path: string) => {
    const response = await app.inject(path);
    return { status: response.statusCode, body: response.json() };
  };
}

describe("reference service: health", () => {
  afterEach(() => {
    mock.timers.reset();
    mock.restoreAll();
  });

  it("[O4] reports status, timestamp, uptime and each store with its response time", async () => {
    const now = Date.UTC(2026, 0, 1);
    mock.timers.enable({ apis: ["Date"], now });
    mock.method(process, "uptime", () => 12.5);
    let milliseconds = 0;
    mock.method(performance, "now", () => milliseconds);
    const slow: Check = async () => {
      await turn();
      milliseconds += 30;
    };
    const get = serve(new Health([store("database", slow), store("cache", up), store("messageQueue", up)]));
    expect(await get("/health")).to.deep.equal({
      status: 200,
      body: {
        status: "healthy",
        timestamp: "2026-01-01T00:00:00.000Z",
        uptime: 12.5,
        dependencies: {
          database: { status: "up", responseTime: 30 },
          cache: { status: "up", responseTime: 0 },
          messageQueue: { status: "up", responseTime: 0 },
        },
      },
    });
  });

  it("[O4] is healthy and ready without any store", async () => {
    const get = serve(new Health([]));
    expect((await get("/health")).body).to.include({ status: "healthy" });
    expect(await get("/health/ready")).to.deep.equal({ status: 200, body: { status: "ready" } });
  });

  it("[O4] answers 503 on /health and /health/ready, but 200 on /health/live, when one store is down", async () => {
    const get = serve(new Health([store("database", up), store("cache", down)]));
    const health = await get("/health");
    expect(health.status).to.equal(503);
    expect(health.body.status).to.equal("unhealthy");
    expect(health.body.dependencies.cache).to.deep.equal({ status: "down" });
    expect(health.body.dependencies.database.status).to.equal("up");
    const ready = await get("/health/ready");
    expect(ready.status).to.equal(503);
    expect(ready.body.status).to.equal("not ready");
    expect(await get("/health/live")).to.deep.equal({ status: 200, body: { status: "alive" } });
  });

  it("[O11] stays ready while a store is down that it can do without", async () => {
    const get = serve(new Health([store("database", up), store("cache", down)], { needed: ["database"] }));
    expect((await get("/health")).status).to.equal(503);
    expect(await get("/health/ready")).to.deep.equal({ status: 200, body: { status: "ready" } });
  });

  it("[D6] answers Prometheus in its own format, with the same status, and everybody else in JSON", async () => {
    // As Prometheus 3 sends it.
    const accept =
      "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,text/plain;version=0.0.4;q=0.3,*/*;q=0.2";
    const ask = async (check: Check, headers: Record<string, string>) => {
      const app = Fastify();
      healthRoutes(app, new Health([store("database", up), store("cache", check)]));
      const { statusCode, headers: answered, payload } = await app.inject({ url: "/health", headers });
      return { statusCode, type: answered["content-type"], payload };
    };
    const scraped = await ask(up, { accept });
    expect([scraped.statusCode, scraped.type]).to.deep.equal([
      200,
      "text/plain; version=0.0.4; charset=utf-8",
    ]);
    expect(scraped.payload.split("\n").filter((line) => !line.startsWith("#"))).to.deep.equal([
      "health_status 1",
      'health_dependency_up{dependency="database"} 1',
      'health_dependency_up{dependency="cache"} 1',
      "",
    ]);
    const unhealthy = await ask(down, { accept });
    expect(unhealthy.statusCode).to.equal(503);
    expect(unhealthy.payload).to.include("health_status 0").and.include('{dependency="cache"} 0');
    for (const other of ["*/*", "text/html,application/json", "text/plain"]) {
      expect((await ask(up, { accept: other })).type, other).to.include("application/json");
    }
  });

  it("counts a store that does not answer as down, within the time limit and beside the others", async () => {
    const health = new Health([store("database", hung), store("cache", hung), store("messageQueue", up)], {
      timeout: 100,
    });
    mock.timers.enable({ apis: ["setTimeout"] });
    let isOver = false;
    const report = health.report().finally(() => {
      isOver = true;
    });
    mock.timers.tick(99);
    await turn();
    expect(isOver).to.equal(false);
    mock.timers.tick(1);
    const { dependencies } = await report;
    expect(dependencies.database).to.deep.equal({ status: "down" });
    expect(dependencies.cache).to.deep.equal({ status: "down" });
    expect(dependencies.messageQueue?.status).to.equal("up");
  });

  it("asks a store once for many probes, and again a moment later", async () => {
    let checks = 0;
    const counted: Check = async () => {
      checks += 1;
      await turn();
    };
    mock.timers.enable({ apis: ["setTimeout"] });
    const health = new Health([store("database", counted)], { reuse: 100 });
    await Promise.all(Array.from({ length: 50 }, () => health.report()));
    await health.report();
    expect(checks).to.equal(1);
    mock.timers.tick(100);
    await health.report();
    expect(checks).to.equal(2);
  });

  it("sees a store come back, and tells of changes only", async () => {
    mock.timers.enable({ apis: ["setTimeout"] });
    let check = down;
    const changes: string[] = [];
    const health = new Health([store("database", () => check())], {
      reuse: 0,
      onChange: (name, { status }) => changes.push(`${name} ${status}`),
    });
    const statuses: string[] = [];
    for (const next of [down, down, up, up, down]) {
      check = next;
      statuses.push((await health.report()).status);
      mock.timers.tick(0);
    }
    expect(statuses).to.deep.equal(["unhealthy", "unhealthy", "healthy", "healthy", "unhealthy"]);
    expect(changes).to.deep.equal(["database down", "database up", "database down"]);
  });

  it("[O12] is not ready while draining, though healthy", async () => {
    const health = new Health([store("database", up)]);
    const get = serve(health);
    health.draining = true;
    expect(await get("/health/ready")).to.deep.equal({
      status: 503,
      body: { status: "not ready", reason: "draining" },
    });
    expect((await get("/health")).status).to.equal(200);
    expect((await get("/health/live")).status).to.equal(200);
  });
});
