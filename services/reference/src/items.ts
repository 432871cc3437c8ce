import { randomUUID } from "node:crypto";
import type { FastifyInstance } from "fastify";
import type { Cache } from "./cache";
import type { Database } from "./database";
import { within } from "./dependency";
import type { Metrics } from "./metrics";
import type { Outbox } from "./outbox";
import { requireStorable } from "./storable";

/** The business object of the reference service. It never changes once made, so a cached copy is never stale. */
interface Item {
  id: string;
  name: string;
  details: Record<string, unknown>;
  createdAt: Date;
}

export interface ItemRoutesOptions {
  service: string;
  database: Database;
  metrics: Metrics;
  /** Reads go through it when given. */
  cache?: Cache;
  /** Tells of new items when given. */
  outbox?: Outbox;
}

const CACHE_SECONDS = 60;
/** Milliseconds that an answer waits for the broker; later the event goes out without anybody waiting. */
const PUBLISH_WAIT = 1_000;
const COLUMNS = `id, name, details, created_at as "createdAt"`;

const NEW_ITEM = {
  type: "object",
  required: ["name"],
  additionalProperties: false,
  properties: {
    name: { type: "string", minLength: 1, maxLength: 200 },
    details: { type: "object", default: {} },
  },
};
/** As Postgres takes it: the format `uuid` of JSON Schema would let `urn:uuid:…` in. */
const UUID = "^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$";
const ITEM_ID = { type: "object", properties: { id: { type: "string", pattern: UUID } } };
const PAGE = {
  type: "object",
  properties: { limit: { type: "integer", minimum: 1, maximum: 100, default: 20 } },
};

/** `POST /items`, `GET /items/:id` and `GET /items?limit=` */
export function itemRoutes(app: FastifyInstance, options: ItemRoutesOptions): void {
  const { service, database, metrics, cache, outbox } = options;
  // Redis is shared by all services of the platform.
  const cacheKey = (id: string) => `${service}:item:${id}`;

  app.post<{ Body: Pick<Item, "name" | "details"> }>(
    "/items",
    { schema: { body: NEW_ITEM } },
    async (request, reply) => {
      const { name, details } = request.body;
      requireStorable(name, "body/name");
      requireStorable(details, "body/details");
      const item = await database.transaction(async (query) => {
        const [created] = await query<Item>(
          `insert into items (id, name, details) values ($1, $2, $3) returning ${COLUMNS}`,
          [randomUUID(), name, details],
        );
        if (!created) throw new Error("the database returned no row for the new item");
        await outbox?.add(query, {
          id: created.id,
          routingKey: `${service}.item.created`,
          requestId: request.id,
          body: created,
        });
        return created;
      });
      reply.code(201).header("location", `items/${item.id}`);
      return outbox ? { ...item, published: await isPublished(outbox, item.id) } : item;
    },
  );

  app.get<{ Params: { id: string } }>(
    "/items/:id",
    { schema: { params: ITEM_ID } },
    async (request, reply) => {
      const { id } = request.params;
      if (cache) {
        const cached = await cache.get(cacheKey(id));
        const result = cached === undefined ? "miss" : "hit";
        metrics.cacheReads.inc({ result });
        reply.header("x-cache", result);
        if (cached !== undefined) return reply.type("application/json").send(cached);
      }
      const [item] = await database.query<Item>(`select ${COLUMNS} from items where id = $1`, [id]);
      if (!item)
        return reply.code(404).send({ statusCode: 404, error: "Not Found", message: `no item ${id}` });
      await cache?.set(cacheKey(id), JSON.stringify(item), CACHE_SECONDS);
      return item;
    },
  );

  app.get<{ Querystring: { limit: number } }>(
    "/items",
    { schema: { querystring: PAGE } },
    async (request) => ({
      items: await database.query<Item>(`select ${COLUMNS} from items order by created_at desc limit $1`, [
        request.query.limit,
      ]),
    }),
  );
}

/** Whether the broker has confirmed the event by now. When false, it stays in the outbox until it has. */
async function isPublished(outbox: Outbox, id: string): Promise<boolean> {
  // Only the waiting ends early, the sending goes on.
  const nothingYet = () => new Set<string>();
  const sent = await within(PUBLISH_WAIT, outbox.flush()).catch(nothingYet);
  return sent.has(id);
}
