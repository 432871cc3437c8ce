import type { FastifyInstance } from "fastify";
import type { Metrics } from "./metrics";
import type { DomainEvent } from "./queue";

/** One consumed event, as `/notifications` shows it. */
export interface Notification {
  id: string;
  /** Of the request that caused the event. */
  requestId: string;
  routingKey: string;
  /** When it was consumed, ISO 8601. */
  at: string;
  body: unknown;
}

const REMEMBERED = 100;

/**
 * What this replica has consumed since it started: a count, and the last {@link REMEMBERED}. It lives in
 * memory, so each of several replicas shows its own share.
 */
export class Notifications {
  #count = 0;
  /** Oldest first, as a Map keeps the order of insertion. */
  readonly #recent = new Map<string, Notification>();

  constructor(private readonly metrics: Metrics) {}

  /** Takes an event once: the outbox and the queue may deliver it again. @throws on one without an id */
  add(event: DomainEvent): void {
    if (!event.id) throw new Error("a message without an id");
    if (this.#recent.has(event.id)) {
      this.metrics.messages.inc({ result: "duplicate" });
      return;
    }
    this.#recent.set(event.id, { ...event, at: new Date().toISOString() });
    this.#count += 1;
    this.metrics.messages.inc({ result: "consumed" });
    const [oldest] = this.#recent.keys();
    if (oldest && this.#recent.size > REMEMBERED) this.#recent.delete(oldest);
  }

  /** Newest first. */
  list(): { count: number; recent: Notification[] } {
    return { count: this.#count, recent: [...this.#recent.values()].reverse() };
  }
}

/** `GET /notifications` */
export function notificationRoutes(
  app: FastifyInstance,
  { notifications, instance }: { notifications: Notifications; instance: string },
): void {
  app.get("/notifications", async () => ({ instance, ...notifications.list() }));
}
