import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import type { Counts } from "./counts-reporter";

export const root = join(import.meta.dirname, "..", "..");

/** How many of the slowest tests are shown. */
const SLOWEST = 20;

/** How a part is run. */
export interface PartOptions {
  /** Shows what it says only when it has ended, for parts that run side by side. @default false */
  isQuiet?: boolean;
}

/** The parts of `make test` and of `make drill`. Every part runs, whatever became of the one before. */
export class Parts {
  readonly #folder = mkdtempSync(join(tmpdir(), "platform-test-"));
  readonly #begin = Date.now();
  readonly #total: Counts = { passed: 0, failures: [], skipped: 0, durations: [] };
  /** What the suites have said. */
  said = "";

  /** A command that counts as one test. @returns whether it passed */
  async check(title: string, file: string, ...args: string[]): Promise<boolean> {
    const start = Date.now();
    const passed = await this.#run(title, file, args, {});
    this.#total.durations.push({ title, seconds: (Date.now() - start) / 1000 });
    if (passed) this.#total.passed += 1;
    else this.#total.failures.push({ title, reason: [file, ...args].join(" ") });
    return passed;
  }

  bringUp(stack: string): Promise<boolean> {
    return this.check(`Stack ${stack}`, "make", "--no-print-directory", "up", `STACK=${stack}`);
  }

  /** A mocha run. One that ends before it has counted, for instance at a syntax error, is a failure. */
  async suite(title: string, config: string, { isQuiet = false }: PartOptions = {}): Promise<void> {
    const counts = join(this.#folder, `${title}.json`);
    const args = ["--config", config, "--reporter", "test/support/counts-reporter.ts"];
    const start = Date.now();
    const passed = await this.#run(title, "mocha", args, { isQuiet, env: { COUNTS_FILE: counts } });
    const ended = read(counts);
    if (!passed && ended.failures.length === 0) {
      ended.failures.push({ title, reason: "ended before it had counted; what it said is above" });
    }
    const minutes = ((Date.now() - start) / 60_000).toFixed(1);
    console.log(`── ${title}: ${ended.passed} passed, ${ended.failures.length} failed in ${minutes} min`);
    this.#total.passed += ended.passed;
    this.#total.failures.push(...ended.failures);
    this.#total.skipped += ended.skipped;
    this.#total.durations.push(...ended.durations);
  }

  /**
   * Prints what took longest, all that failed, each in a line or two, and last the line that counts everything.
   * @returns the exit code
   */
  end(): number {
    rmSync(this.#folder, { recursive: true });
    const { failures, durations } = this.#total;
    const minutes = ((Date.now() - this.#begin) / 60_000).toFixed(1);
    const slowest = durations.sort((a, b) => b.seconds - a.seconds).slice(0, SLOWEST);
    console.log(`\nThe ${SLOWEST} slowest, of ${minutes} min in all:`);
    for (const { title, seconds } of slowest) console.log(`${seconds.toFixed(0).padStart(5)} s  ${title}`);
    if (failures.length > 0) console.log("\nFailed:");
    for (const { title, reason } of failures) console.log(`✗ ${title}\n    ${reason.slice(0, 600)}`);
    console.log(this.closingLine);
    return failures.length > 0 ? 1 : 0;
  }

  get closingLine(): string {
    const { passed, failures, skipped } = this.#total;
    return `${passed} passed, ${failures.length} failed, ${skipped} skipped`;
  }

  async #run(
    title: string,
    file: string,
    args: string[],
    { isQuiet = false, env = {} }: PartOptions & { env?: Record<string, string> },
  ): Promise<boolean> {
    console.log(`\n── ${title}`);
    const output = isQuiet ? (["pipe"] as const) : (["inherit", "pipe"] as const);
    const { failed, all } = await execa(file, args, {
      cwd: root,
      env,
      preferLocal: true,
      stdin: "ignore",
      stdout: output,
      stderr: output,
      all: true,
      reject: false,
    });
    if (isQuiet) console.log(`\n── ${title}: what it said\n${all}`);
    this.said += `${all}\n`;
    return !failed;
  }
}

function read(path: string): Counts {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch {
    return { passed: 0, failures: [], skipped: 0, durations: [] };
  }
}
