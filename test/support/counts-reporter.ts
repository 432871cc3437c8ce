import { writeFileSync } from "node:fs";
import { type MochaOptions, type Runner, reporters } from "mocha";

/** What one part of `make test` came to. */
export interface Counts {
  passed: number;
  failed: number;
  skipped: number;
}

/** Mocha's own report, and the counts in the file that COUNTS_FILE names. */
export default class CountsReporter extends reporters.Spec {
  constructor(runner: Runner, options: MochaOptions) {
    super(runner, options);
    runner.once("end", () => {
      const { passes, failures, pending } = this.stats;
      const counts: Counts = { passed: passes, failed: failures, skipped: pending };
      writeFileSync(process.env.COUNTS_FILE ?? "counts.json", JSON.stringify(counts));
    });
  }
}
