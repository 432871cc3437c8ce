import { setTimeout as sleep } from "node:timers/promises";
import type { Config } from "./config";
import type { Service } from "./service";

const SIGNALS = ["SIGTERM", "SIGINT"] as const;

/**
 * Ends the process without losing a request: at the first signal not ready, but serving until every proxy
 * has noticed; then no new connections, the requests in flight, the stores, exit code 0. A second signal, or
 * the end of the grace period, exits at once with code 1.
 */
export function shutdownOnSignal(service: Service, { drainSeconds, graceSeconds }: Config): void {
  const { app, health } = service;
  for (const signal of SIGNALS) {
    process.on(signal, () => {
      if (health.draining) return abort(`${signal} again`);
      setTimeout(abort, graceSeconds * 1_000, `not done after ${graceSeconds} s`).unref();
      shutDown(signal).catch((err) => {
        app.log.fatal({ err }, "shutdown failed");
        process.exit(1);
      });
    });
  }

  async function shutDown(signal: string): Promise<void> {
    app.log.info({ signal, drainSeconds }, "draining");
    health.draining = true;
    await sleep(drainSeconds * 1_000);
    await app.close();
    await service.closeStores();
    app.log.info("stopped");
    process.exit(0);
  }

  function abort(reason: string): void {
    app.log.fatal(`shutdown cut short: ${reason}`);
    process.exit(1);
  }
}
