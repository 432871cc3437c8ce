import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";
import type { Health } from "./health";

/** Seconds. The 2 s of the p95 target (row D11) is one of the limits, so that it can be read off. */
const BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10];

/** What this process tells Prometheus. One registry an instance, so that tests can have several. */
export class Metrics {
  readonly registry = new Registry();
  readonly #registers = [this.registry];
  readonly #durations = new Histogram({
    name: "http_request_duration_seconds",
    help: "Time from the request's arrival to its answer.",
    labelNames: ["method", "route", "status"],
    buckets: BUCKETS,
    registers: this.#registers,
  });
  readonly #requests = new Counter({
    name: "http_requests_total",
    help: "Requests answered.",
    labelNames: ["method", "route", "status"],
    registers: this.#registers,
  });
  readonly cacheReads = new Counter({
    name: "cache_reads_total",
    help: "Items looked up in the cache, by result: hit or miss. While the cache is down all are misses.",
    labelNames: ["result"],
    registers: this.#registers,
  });
  readonly messages = new Counter({
    name: "messages_total",
    help: "Messages by result: published, consumed, duplicate, failed.",
    labelNames: ["result"],
    registers: this.#registers,
  });

  constructor(labels: { service: string; version: string }) {
    this.registry.setDefaultLabels(labels);
    collectDefaultMetrics({ register: this.registry });
  }

  /** Shows each store as `dependency_up`, asked at each scrape. */
  watchHealth(health: Health): void {
    new Gauge({
      name: "dependency_up",
      help: "1 when the store answers, else 0.",
      labelNames: ["dependency"],
      registers: this.#registers,
      async collect() {
        for (const [dependency, { status }] of Object.entries(await health.dependencies())) {
          this.set({ dependency }, status === "up" ? 1 : 0);
        }
      },
    });
  }

  /** Shows a connection pool as `database_pool_connections`, read at each scrape. */
  watchPool(pool: { totalCount: number; idleCount: number; waitingCount: number }): void {
    new Gauge({
      name: "database_pool_connections",
      help: "Connections of the pool: total, idle, and the requests waiting for one.",
      labelNames: ["state"],
      registers: this.#registers,
      collect() {
        this.set({ state: "total" }, pool.totalCount);
        this.set({ state: "idle" }, pool.idleCount);
        this.set({ state: "waiting" }, pool.waitingCount);
      },
    });
  }

  observe(request: FastifyRequest, reply: FastifyReply): void {
    const labels = {
      method: request.method,
      // The pattern, not the path: a label value for each item would fill Prometheus.
      route: request.routeOptions.url ?? "unmatched",
      status: reply.statusCode,
    };
    this.#requests.inc(labels);
    this.#durations.observe(labels, reply.elapsedTime / 1_000);
  }
}

/** `/metrics`, in Prometheus' text format. */
export function metricsRoute(app: FastifyInstance, metrics: Metrics): void {
  app.get("/metrics", async (_request, reply) =>
    reply.type(metrics.registry.contentType).send(await metrics.registry.metrics()),
  );
}
