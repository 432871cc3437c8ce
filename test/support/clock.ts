import { syncBuiltinESMExports } from "node:module";
import { mock } from "node:test";
import { setImmediate as turn } from "node:timers/promises";

/** The clock of this process, in the hand of a test: `stop` it before each, `restart` it after each. */
export const clock = {
  stop(now = 0): void {
    mock.timers.enable({ apis: ["Date", "setTimeout"], now });
    // Else those who import `setTimeout` of node:timers/promises by its name keep the real one.
    syncBuiltinESMExports();
  },

  /** Lets milliseconds pass, and what is due then be done. */
  async pass(milliseconds: number): Promise<void> {
    mock.timers.tick(milliseconds);
    await turn();
  },

  restart(): void {
    mock.timers.reset();
    syncBuiltinESMExports();
  },
};
