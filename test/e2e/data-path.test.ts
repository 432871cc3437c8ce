import { expect } from "chai";
import { until } from "../support/until";
import { podsOf } from "./support/cluster";
import { call, callPlain } from "./support/front-door";

describe("Data path", () => {
  it("[O1] [O2] carries an item through gateway, database, cache and queue", async () => {
    const created = await call("POST", "/api/event/items", { name: "concert" });
    expect(created.status, JSON.stringify(created.body)).to.equal(201);
    const { id } = created.body;

    const first = await call("GET", `/api/event/items/${id}`);
    expect(first.body).to.include({ id, name: "concert" });
    expect(first.headers["x-cache"]).to.equal("miss");
    const second = await call("GET", `/api/event/items/${id}`);
    expect(second.body).to.deep.equal(first.body);
    expect(second.headers["x-cache"]).to.equal("hit");

    const requestId = created.headers["x-request-id"];
    const { body } = await until(
      "notification-service has consumed the message",
      20,
      () => call("GET", "/api/notification/notifications"),
      (answer) => answer.body.recent?.some((message: { id: string }) => message.id === id),
    );
    const message = body.recent.find((message: { id: string }) => message.id === id);
    expect(message.requestId, "the request id of the POST travels with the message").to.equal(requestId);
  });

  it("[O4] tells the health of each dependency through the gateway", async () => {
    const { status, body } = await call("GET", "/api/event/health");
    expect(status).to.equal(200);
    expect(body.status).to.equal("healthy");
    expect(body.uptime).to.be.a("number").above(0);
    expect(Date.parse(body.timestamp)).to.be.closeTo(Date.now(), 60_000);
    expect(Object.keys(body.dependencies)).to.have.members(["database", "cache", "messageQueue"]);
    for (const dependency of Object.values<{ status: string; responseTime: number }>(body.dependencies)) {
      expect(dependency.status).to.equal("up");
      expect(dependency.responseTime).to.be.a("number").within(0, 2000);
    }
  });

  it("[O8] redirects plain HTTP to HTTPS and answers /health itself", async () => {
    const plain = await callPlain("/api/event/items?limit=1");
    expect(plain.status).to.equal(301);
    expect(plain.headers.location).to.equal("https://malai.localhost:8443/api/event/items?limit=1");
    expect(await call("GET", "/health")).to.deep.include({ status: 200, body: "healthy\n" });
  });

  it("[R4] carries a request's header of 9 kB to a service behind the gateway", async () => {
    const headers = { cookie: `session=${"x".repeat(9_000)}` };
    expect((await call("GET", "/api/event/health", undefined, headers)).status).to.equal(200);
  });

  it("[R4] answers a header that is too large with 431 and JSON", async () => {
    const headers = { cookie: "x".repeat(40_000) };
    expect(await call("GET", "/api/event/health", undefined, headers)).to.deep.include({
      status: 431,
      body: { error: "the header fields are too large" },
    });
  });

  it("[R5] leads a path with two slashes as one with one, and one with an encoded slash nowhere", async () => {
    expect((await call("GET", "//api/event/health")).status).to.equal(200);
    expect(await call("GET", "/api%2fevent/health")).to.deep.include({
      status: 404,
      body: { error: "no such path" },
    });
  });

  it("[R6] [R53] answers eight bodies of 9.9 MB at once with 413, each of them, and evicts no nginx", async () => {
    const before = await podsOf("nginx");
    const body = { name: "x".repeat(9_900_000) };
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => call("POST", "/api/event/items", body)),
    );
    expect(answers.map(({ status }) => status)).to.deep.equal(Array(8).fill(413));
    expect(await podsOf("nginx")).to.deep.equal(before);
  });

  it("[R48] answers what the database cannot store with 400, as often as it is sent", async () => {
    // Five answers with 500 in a row would have the replica left alone.
    for (let time = 0; time < 12; time += 1) {
      const { status, body } = await call("POST", "/api/event/items", { name: "a\u0000b" });
      expect([status, body.message]).to.deep.equal([
        400,
        "body/name holds a NUL character, which cannot be stored",
      ]);
    }
    const { status } = await call("POST", "/api/event/items", { name: "a", details: { b: "\ud800" } });
    expect(status).to.equal(400);
  });

  it("answers a path that leads nowhere with 404 and JSON", async () => {
    expect(await call("GET", "/nowhere")).to.deep.include({ status: 404, body: { error: "no such path" } });
  });
});
