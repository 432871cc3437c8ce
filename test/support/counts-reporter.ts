import { writeFileSync } from "node:fs";
import { type Hook, type MochaOptions, Runner, reporters, type Test } from "mocha";

/** What one part of `make test` came to. */
export interface Counts {
  passed: number;
  /** Each by its full title, with the first line of what it failed with. */
  failures: Failure[];
  skipped: number;
  /** Every test, and every hook of one. */
  durations: Duration[];
}

export interface Failure {
  title: string;
  reason: string;
}

export interface Duration {
  title: string;
  seconds: number;
}

/** Mocha's own report, and the counts in the file that COUNTS_FILE names. */
export default class CountsReporter extends reporters.Spec {
  constructor(runner: Runner, options: MochaOptions) {
    super(runner, options);
    const failures: Failure[] = [];
    const durations: Duration[] = [];
    const note = (one: Test | Hook) =>
      durations.push({ title: one.fullTitle(), seconds: (one.duration ?? 0) / 1000 });
    runner.on(Runner.constants.EVENT_TEST_END, note);
    runner.on(Runner.constants.EVENT_HOOK_END, note);
    runner.on(Runner.constants.EVENT_TEST_FAIL, (test: Test, { message = "" }: Error) => {
      const [reason = ""] = message.split("\n");
      failures.push({ title: test.fullTitle(), reason });
    });
    runner.once(Runner.constants.EVENT_RUN_END, () => {
      const { passes, pending } = this.stats;
      const counts: Counts = { passed: passes, failures, skipped: pending, durations };
      writeFileSync(process.env.COUNTS_FILE ?? "counts.json", JSON.stringify(counts));
    });
  }
}
