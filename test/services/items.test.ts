import { expect } from "chai";
import pg from "pg";
import { readConfig } from "../../services/reference/src/config";
import { Database, type Query } from "../../services/reference/src/database";
import { itemRoutes } from "../../services/reference/src/items";
import { Metrics } from "../../services/reference/src/metrics";
import { createServer } from "../../services/reference/src/server";

/** An error as Postgres sends it. */
const postgresError = (code: string, message: string) =>
  Object.assign(new pg.DatabaseError(message, message.length, "error"), { code });

/** A table in memory that takes everything. */
function trial() {
  const config = readConfig({ SERVICE_NAME: "event-service", PORT: "1", LOG_LEVEL: "silent" });
  const app = createServer(config);
  const stored: unknown[][] = [];
  const asked: string[] = [];
  const query = (async (text: string, values: unknown[] = []) => {
    asked.push(text);
    if (!text.startsWith("insert")) return [];
    stored.push(values);
    const [id, name, details] = values;
    return [{ id, name, details, createdAt: new Date(0) }];
  }) as Query;
  const database = { query, transaction: (work: (query: Query) => unknown) => work(query) };
  const metrics = new Metrics({ service: "event-service", version: "1.0.0" });
  itemRoutes(app, { service: "event-service", database: database as unknown as Database, metrics });
  const post = (payload: string) =>
    app.inject({ method: "POST", url: "/items", headers: { "content-type": "application/json" }, payload });
  return { app, post, stored, asked };
}

const nested = (depth: number) => `${'{"a":'.repeat(depth)}1${"}".repeat(depth)}`;

describe("reference service: items", () => {
  const refused: Record<string, [payload: string, message: string]> = {
    "a NUL in the name": ['{"name":"a\\u0000b"}', "body/name holds a NUL character, which cannot be stored"],
    "a NUL in the details": [
      '{"name":"a","details":{"b":["c\\u0000"]}}',
      "body/details/b/0 holds a NUL character, which cannot be stored",
    ],
    "a NUL in a key": [
      '{"name":"a","details":{"b\\u0000":1}}',
      "body/details has a key with a NUL character, which cannot be stored",
    ],
    "half a surrogate pair in the name": [
      '{"name":"a\\ud800"}',
      "body/name holds half of a surrogate pair, which cannot be stored",
    ],
    "half a surrogate pair in the details": [
      '{"name":"a","details":{"b":"\\udc00"}}',
      "body/details/b holds half of a surrogate pair, which cannot be stored",
    ],
    "a number beyond all numbers": [
      '{"name":"a","details":{"b":1e999}}',
      "body/details/b holds too large a number, which cannot be stored",
    ],
    "details that are nested too deeply": [
      `{"name":"a","details":${nested(33)}}`,
      "body/details has more than 32 levels, which cannot be stored",
    ],
    "details that are nested so deeply that they could not even be written": [
      `{"name":"a","details":${nested(100_000)}}`,
      "body/details has more than 32 levels, which cannot be stored",
    ],
    "a name that is too long": [
      `{"name":"${"a".repeat(201)}"}`,
      "body/name must NOT have more than 200 characters",
    ],
    "details of another type": ['{"name":"a","details":[1]}', "body/details must be object"],
    "a name of another type": ['{"name":{}}', "body/name must be string"],
    "no name": ["{}", "body must have required property 'name'"],
  };
  for (const [what, [payload, message]] of Object.entries(refused)) {
    it(`[R48] answers ${what} with 400, and does not ask the database`, async () => {
      const { post, asked } = trial();
      const response = await post(payload);
      expect(response.json()).to.deep.equal({ statusCode: 400, error: "Bad Request", message });
      expect(response.statusCode).to.equal(400);
      expect(asked).to.deep.equal([]);
    });
  }

  it("[R48] answers what is no JSON with 400", async () => {
    for (const payload of ['{"name":', "\u0000", '{"name":"a","__proto__":{}}']) {
      expect((await trial().post(payload)).statusCode, payload).to.equal(400);
    }
  });

  it("[R48] stores every other character as it came, and details up to 32 levels deep", async () => {
    const { post, stored } = trial();
    const name = "a\u0001\t\u007f\u{1F600}\uFFFD";
    const response = await post(`{"name":${JSON.stringify(name)},"details":${nested(32)}}`);
    expect(response.statusCode).to.equal(201);
    expect(stored[0]?.slice(1)).to.deep.equal([name, JSON.parse(nested(32))]);
  });

  it("[R48] answers an id that is none with 400, in every way of writing one", async () => {
    const { app, asked } = trial();
    const id = "0af9ce22-6f6a-4dc3-9ed8-bd2f1f8d0d0c";
    for (const path of [`urn:uuid:${id}`, `{${id}}`, `${id}%00`, "1"]) {
      expect((await app.inject(`/items/${path}`)).statusCode, path).to.equal(400);
    }
    expect(asked).to.deep.equal([]);
    expect((await app.inject(`/items/${id}`)).statusCode).to.equal(404);
  });

  it("[R48] answers what only the database knows to be wrong with 400, and its own mistakes with 500", async () => {
    const statusFor = async (code: string) => {
      const app = createServer(readConfig({ SERVICE_NAME: "event-service", PORT: "1", LOG_LEVEL: "silent" }));
      const database = new Database({
        url: "postgresql://127.0.0.1:1/none",
        pool: 1,
        instance: "trial-0",
        log: app.log,
      });
      database.pool.query = (async () => {
        throw postgresError(code, "unsupported Unicode escape sequence");
      }) as unknown as typeof database.pool.query;
      app.get("/", () => database.query("select 1"));
      const { statusCode } = await app.inject("/");
      await database.close();
      return statusCode;
    };
    // Data exceptions, and limits of the server.
    for (const code of ["22021", "22P05", "54001"]) expect(await statusFor(code), code).to.equal(400);
    // A syntax error, a column that is missing; and a server that shuts down.
    for (const code of ["42601", "42703"]) expect(await statusFor(code), code).to.equal(500);
    expect(await statusFor("57P01")).to.equal(503);
  });
});
