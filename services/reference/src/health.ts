import type { FastifyInstance } from "fastify";
import { type Dependency, within } from "./dependency";
import { asMetrics, comesFromPrometheus, METRICS_TYPE } from "./health-metrics";
import type { DependencyHealth, HealthReport } from "./health-report";

export interface HealthOptions {
  /** Milliseconds a store has to answer; under the 3 s that the readiness probe waits. @default 2000 */
  timeout?: number;
  /** Milliseconds for which a result is reused, so that probes of many proxies cost one check. @default 1000 */
  reuse?: number;
  /**
   * Stores without which no request can be served: this replica is not ready while one is down. The others only
   * degrade it (docs/requirements.md, O11). @default all
   */
  needed?: readonly Dependency["name"][];
  /** Called when a store goes down or comes back, not at every check. */
  onChange?: (name: string, health: DependencyHealth, error?: unknown) => void;
}

/**
 * The state of this replica. Only its own stores count: were the services it calls to count too, one
 * broken service would take all that depend on it out of rotation.
 */
export class Health {
  /** Set on SIGTERM: not ready any more, though still serving. */
  draining = false;
  readonly #timeout: number;
  readonly #reuse: number;
  readonly #needed: readonly string[];
  readonly #onChange: HealthOptions["onChange"];
  readonly #states = new Map<string, DependencyHealth["status"]>();
  #result: Promise<HealthReport["dependencies"]> | undefined;

  constructor(
    private readonly stores: readonly Dependency[],
    options: HealthOptions = {},
  ) {
    this.#timeout = options.timeout ?? 2_000;
    this.#reuse = options.reuse ?? 1_000;
    this.#needed = options.needed ?? stores.map(({ name }) => name);
    this.#onChange = options.onChange;
  }

  /** Checks all stores at once. Whoever asks while a check runs, or shortly after, gets the same result. */
  dependencies(): Promise<HealthReport["dependencies"]> {
    this.#result ??= this.#checkAll().finally(() => {
      setTimeout(() => {
        this.#result = undefined;
      }, this.#reuse).unref();
    });
    return this.#result;
  }

  async report(): Promise<HealthReport> {
    const dependencies = await this.dependencies();
    const healthy = Object.values(dependencies).every(({ status }) => status === "up");
    return {
      status: healthy ? "healthy" : "unhealthy",
      timestamp: new Date().toISOString(),
      uptime: process.uptime(),
      dependencies,
    };
  }

  /** Whether every store that is needed answers. */
  isReady({ dependencies }: HealthReport): boolean {
    return this.#needed.every((name) => dependencies[name]?.status === "up");
  }

  async #checkAll(): Promise<HealthReport["dependencies"]> {
    const results = this.stores.map(async (store) => [store.name, await this.#check(store)] as const);
    return Object.fromEntries(await Promise.all(results));
  }

  async #check(store: Dependency): Promise<DependencyHealth> {
    const start = performance.now();
    try {
      await within(this.#timeout, store.check());
      return this.#note(store.name, { status: "up", responseTime: Math.round(performance.now() - start) });
    } catch (error) {
      return this.#note(store.name, { status: "down" }, error);
    }
  }

  #note(name: string, health: DependencyHealth, error?: unknown): DependencyHealth {
    if (this.#states.get(name) !== health.status) this.#onChange?.(name, health, error);
    this.#states.set(name, health.status);
    return health;
  }
}

/** `/health/live`, `/health/ready` and `/health`. */
export function healthRoutes(app: FastifyInstance, health: Health): void {
  app.get("/health/live", async () => ({ status: "alive" }));

  app.get("/health/ready", async (_request, reply) => {
    if (health.draining) return reply.code(503).send({ status: "not ready", reason: "draining" });
    const report = await health.report();
    if (health.isReady(report)) return { status: "ready" };
    return reply.code(503).send({ status: "not ready", dependencies: report.dependencies });
  });

  app.get("/health", async (request, reply) => {
    const report = await health.report();
    reply.code(report.status === "healthy" ? 200 : 503).header("vary", "accept");
    return comesFromPrometheus(request.headers)
      ? reply.type(METRICS_TYPE).send(asMetrics(report))
      : reply.send(report);
  });
}
