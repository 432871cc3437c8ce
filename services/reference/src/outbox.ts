import type { FastifyBaseLogger } from "fastify";
import type { Database, Query } from "./database";
import { DependencyUnavailable } from "./dependency";
import type { Metrics } from "./metrics";
import type { DomainEvent, Queue } from "./queue";

const BATCH = 100;
/** Milliseconds between looks for events that were left behind. */
const INTERVAL = 5_000;
/** Milliseconds to send nothing after a failure, doubled with each further one up to the longest. */
const SHORTEST_PAUSE = 1_000;
const LONGEST_PAUSE = 30_000;
/** A replica sends its own events, and after this time those of any other: it may be gone. */
const ABANDONED = "10 seconds";
const NEXT_BATCH = `
  select position, id, routing_key, request_id, body from outbox
  where owner = $1 or created_at < now() - interval '${ABANDONED}'
  order by position limit $2
  for update skip locked`;

interface OutboxRow {
  position: string;
  id: string;
  routing_key: string;
  request_id: string;
  body: unknown;
}

/**
 * Brings events from the table `outbox` to the queue. An event is written in the transaction of the change
 * that it tells about, and deleted when the broker has confirmed it: none is lost whatever dies in
 * between, and a few may be sent twice.
 */
export class Outbox {
  readonly #timer: NodeJS.Timeout;
  #running: Promise<ReadonlySet<string>> = Promise.resolve(new Set<string>());
  #next: Promise<ReadonlySet<string>> | undefined;
  /** Failed runs in a row. */
  #failures = 0;
  #pausedUntil = 0;

  constructor(
    private readonly instance: string,
    private readonly database: Database,
    private readonly queue: Pick<Queue, "publish">,
    private readonly metrics: Metrics,
    private readonly log: FastifyBaseLogger,
  ) {
    this.#timer = setInterval(() => void this.flush(), INTERVAL * (0.75 + Math.random() / 2));
  }

  /** Call it with the transaction's own `query`, then {@link flush} after the commit. */
  async add(query: Query, event: DomainEvent): Promise<void> {
    await query("insert into outbox (owner, id, routing_key, request_id, body) values ($1, $2, $3, $4, $5)", [
      this.instance,
      event.id,
      event.routingKey,
      event.requestId,
      JSON.stringify(event.body),
    ]);
  }

  /**
   * Sends what is there; never rejects, what fails stays for the next time. The run under way may have looked
   * before the caller's commit, so all who ask while it lasts share the one after it. It may as well have
   * looked after: the ids that are returned are those confirmed in either.
   */
  flush(): Promise<ReadonlySet<string>> {
    this.#next ??= this.#running.then(async (before) => {
      this.#next = undefined;
      this.#running = this.#relay();
      return new Set([...before, ...(await this.#running)]);
    });
    return this.#next;
  }

  /** For when the queue has come back: sends at once, whatever failed before. */
  resume(): void {
    this.#failures = 0;
    this.#pausedUntil = 0;
    void this.flush();
  }

  /** Ends the run under way and starts no other. */
  async close(): Promise<void> {
    clearInterval(this.#timer);
    await (this.#next ?? this.#running);
  }

  async #relay(): Promise<ReadonlySet<string>> {
    const sent = new Set<string>();
    if (Date.now() < this.#pausedUntil) return sent;
    try {
      while ((await this.#relayBatch(sent)) === BATCH);
      this.#failures = 0;
    } catch (err) {
      // Without a pause every new item would send the whole batch again: a broker that takes events but
      // does not confirm them would hand its consumers hundreds of copies.
      const pause = Math.min(SHORTEST_PAUSE * 2 ** this.#failures, LONGEST_PAUSE) * (0.5 + Math.random() / 2);
      this.#failures += 1;
      this.#pausedUntil = Date.now() + pause;
      // An outage is told once, by the health check, and not again for each try until its end.
      const level = err instanceof DependencyUnavailable ? "debug" : "error";
      this.log[level]({ err }, "events stay in the outbox");
    }
    return sent;
  }

  /** Deletes what was confirmed. Returns how many that were, or throws when one was not. */
  async #relayBatch(sent: Set<string>): Promise<number> {
    const results = await this.database.transaction(async (query) => {
      const rows = await query<OutboxRow>(NEXT_BATCH, [this.instance, BATCH]);
      const results = await Promise.allSettled(rows.map((row) => this.queue.publish(eventOf(row))));
      const confirmed = rows.filter((_, index) => results[index]?.status === "fulfilled");
      if (confirmed.length > 0) {
        await query("delete from outbox where position = any($1)", [confirmed.map((row) => row.position)]);
      }
      for (const { id } of confirmed) sent.add(id);
      return results;
    });
    const failed = results.filter((result) => result.status === "rejected");
    this.metrics.messages.inc({ result: "failed" }, failed.length);
    this.metrics.messages.inc({ result: "published" }, results.length - failed.length);
    if (failed[0]) throw failed[0].reason;
    return results.length;
  }
}

function eventOf(row: OutboxRow): DomainEvent {
  return { id: row.id, routingKey: row.routing_key, requestId: row.request_id, body: row.body };
}
