import type { FastifyInstance } from "fastify";
import { Cache } from "./cache";
import type { Config } from "./config";
import { Database } from "./database";
import { gatewayRoutes } from "./gateway";
import { Health, healthRoutes } from "./health";
import { itemRoutes } from "./items";
import { isProbe } from "./logging";
import { Metrics, metricsRoute } from "./metrics";
import { Notifications, notificationRoutes } from "./notifications";
import { Outbox } from "./outbox";
import { prefixOf } from "./prefix";
import { Queue } from "./queue";
import { createServer } from "./server";
import { webSocketRoutes } from "./websocket";
import { descriptionRoute, whoamiRoute } from "./whoami";

export interface Service {
  app: FastifyInstance;
  health: Health;
  /** Ends what runs in the background and closes the stores; call it when no request is left. */
  closeStores(): Promise<void>;
}

/**
 * Puts together what the environment asks for: items where there is a database, which tell the queue where
 * there is one; notifications where there is a queue but no database; a gateway where there are edges.
 * Connects in the background, and works in part while a store is unavailable.
 */
export function createService(config: Config): Service {
  const app = createServer(config);
  const { log } = app;
  const metrics = new Metrics({ service: config.name, version: config.version });

  const database = config.databaseUrl
    ? new Database({ url: config.databaseUrl, pool: config.databasePool, instance: config.instance, log })
    : undefined;
  const cache = config.redisUrl ? new Cache(config.redisUrl, config.instance, log) : undefined;
  const notifications = config.rabbitmqUrl && !database ? new Notifications(metrics) : undefined;
  const queue = config.rabbitmqUrl
    ? new Queue({
        url: config.rabbitmqUrl,
        service: config.name,
        instance: config.instance,
        log,
        onEvent: notifications && ((event) => notifications.add(event)),
        onAvailable: () => outbox?.resume(),
      })
    : undefined;
  const outbox = database && queue && new Outbox(config.instance, database, queue, metrics, log);

  const stores = [database, cache, queue].filter((store) => store !== undefined);
  const health = new Health(stores, {
    // Items are read without the cache, and written without the queue: the outbox keeps their events.
    needed: database ? ["database"] : queue ? ["messageQueue"] : [],
    onChange: (name, { status }, err) =>
      log[status === "up" ? "info" : "warn"]({ err }, `${name} is ${status}`),
  });

  if (database) metrics.watchPool(database.pool);
  metrics.watchHealth(health);
  app.addHook("onResponse", async (request, reply) => {
    // A probe's 503 tells of a store (dependency_up), it is no failed request.
    if (!isProbe(request)) metrics.observe(request, reply);
  });
  app.addHook("onSend", async (_request, reply) => {
    // Clients that keep connections open move to another replica before this one closes them.
    if (health.draining) reply.header("connection", "close");
  });

  healthRoutes(app, health);
  metricsRoute(app, metrics);
  webSocketRoutes(app);
  const ownPath = prefixOf(config.name);
  if (ownPath) descriptionRoute(app, ownPath, config);
  // The first version of the interface, also under the bare path for clients that name none; and both below the
  // service's own path, for a front door that sends paths on unchanged.
  for (const prefix of ["/v1", "", ...(ownPath ? [`${ownPath}/v1`, ownPath] : [])]) {
    app.register(
      async (api) => {
        whoamiRoute(api, config);
        if (database) itemRoutes(api, { service: config.name, database, metrics, cache, outbox });
        if (notifications) notificationRoutes(api, { notifications, instance: config.instance });
      },
      { prefix },
    );
  }
  if (config.edges.size > 0) app.register(async (api) => gatewayRoutes(api, config));

  return { app, health, closeStores };

  /** Consumers before publishers, publishers before the database that they read from. */
  async function closeStores(): Promise<void> {
    await outbox?.close();
    for (const store of [queue, cache, database]) {
      await store?.close().catch((err) => log.warn({ err }, `${store.name} did not close cleanly`));
    }
  }
}
