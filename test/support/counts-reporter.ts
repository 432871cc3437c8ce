import { writeFileSync } from "node:fs";
import { type MochaOptions, Runner, reporters, type Test } from "mocha";

/** What one part of `make test` came to. */
export interface Counts {
  passed: number;
  /** Each by its full title, with the first line of what it failed with. */
  failures: Failure[];
  skipped: number;
}

export interface Failure {
  title: string;
  reason: string;
}

/** Mocha's own report, and the counts in the file that COUNTS_FILE names. */
export default class CountsReporter extends reporters.Spec {
  constructor(runner: Runner, options: MochaOptions) {
    super(runner, options);
    const failures: Failure[] = [];
    runner.on(Runner.constants.EVENT_TEST_FAIL, (test: Test, { message = "" }: Error) => {
      const [reason = ""] = message.split("\n");
      failures.push({ title: test.fullTitle(), reason });
    });
    runner.once(Runner.constants.EVENT_RUN_END, () => {
      const { passes, pending } = this.stats;
      const counts: Counts = { passed: passes, failures, skipped: pending };
      writeFileSync(process.env.COUNTS_FILE ?? "counts.json", JSON.stringify(counts));
    });
  }
}
