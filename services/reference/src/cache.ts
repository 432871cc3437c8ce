import type { FastifyBaseLogger } from "fastify";
import { Redis } from "ioredis";
import type { Dependency } from "./dependency";

/** Redis as a cache: when it is unavailable, every read is a miss and every write is dropped. */
export class Cache implements Dependency {
  readonly name = "cache";
  readonly #redis: Redis;

  constructor(
    url: string,
    instance: string,
    private readonly log: FastifyBaseLogger,
  ) {
    this.#redis = new Redis(url, {
      connectionName: instance,
      connectTimeout: 2_000,
      commandTimeout: 500,
      // Ends a connection whose server is gone without closing it; the next one is made anew.
      socketTimeout: 3_000,
      keepAlive: 10_000,
      maxRetriesPerRequest: 1,
      // Fail at once while disconnected: waiting would cost more than the read that the cache saves.
      enableOfflineQueue: false,
      retryStrategy: (attempt) => Math.min(100 * 2 ** attempt, 5_000) * (0.5 + Math.random() / 2),
    });
    this.#redis.on("error", (err) => log.debug({ err }, "cache connection failed"));
  }

  async get(key: string): Promise<string | undefined> {
    try {
      return (await this.#redis.get(key)) ?? undefined;
    } catch (err) {
      this.log.debug({ err, key }, "read without the cache");
      return undefined;
    }
  }

  async set(key: string, value: string, seconds: number): Promise<void> {
    try {
      await this.#redis.set(key, value, "EX", seconds);
    } catch (err) {
      this.log.debug({ err, key }, "not cached");
    }
  }

  async check(): Promise<void> {
    await this.#redis.ping();
  }

  async close(): Promise<void> {
    this.#redis.disconnect();
  }
}
