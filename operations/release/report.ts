/** What one step came to. */
export interface StepReport {
  name: string;
  seconds: number;
  text: string;
  passed: boolean;
}

/** Tells how a release goes: to people line by line, and in the end to programs. */
export class Report {
  readonly steps: StepReport[] = [];
  #last = "";

  /** @param quiet says nothing until the end */
  constructor(readonly quiet: boolean) {}

  say(line: string): void {
    if (!this.quiet) console.log(line);
  }

  /** Runs one step, and says what it came to. */
  async during(name: string, work: () => Promise<string>): Promise<void> {
    const start = Date.now();
    const seconds = () => (Date.now() - start) / 1000;
    if (process.stdout.isTTY) this.#redraw(`  … ${name}`);
    try {
      const text = await work();
      this.#add({ name, seconds: seconds(), text, passed: true });
    } catch (error) {
      const [text = ""] = (error as Error).message.split("\n");
      this.#add({ name, seconds: seconds(), text, passed: false });
      throw error;
    }
  }

  /** What a step sees meanwhile: on a terminal only. */
  progress(text: string): void {
    if (process.stdout.isTTY) this.#redraw(`  … ${text}`);
  }

  /** What a step waits for, below the line that says so far. */
  note(line: string): void {
    if (process.stdout.isTTY) this.#redraw("");
    this.say(`      ${line}`);
  }

  /** Why a release goes back. */
  fail(reasons: readonly string[]): void {
    // The first is in the step's own line.
    for (const reason of reasons.slice(1)) this.say(`      ${reason}`);
  }

  #add(step: StepReport): void {
    this.steps.push(step);
    if (process.stdout.isTTY) this.#redraw("");
    const mark = step.passed ? "✔" : "✖";
    this.say(`  ${mark} ${step.name.padEnd(7)} ${`${step.seconds.toFixed(0)} s`.padStart(5)}  ${step.text}`);
  }

  #redraw(line: string): void {
    if (this.quiet) return;
    process.stdout.write(`\r${" ".repeat(this.#last.length)}\r${line}`);
    this.#last = line;
  }
}
