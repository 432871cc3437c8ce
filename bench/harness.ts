import Table from "cli-table3";

/** One thing that is measured beside what a user would pick instead, in one run, on one machine. */
export interface Benchmark {
  title: string;
  /** What the numbers count, less is better. */
  unit: string;
  ours: string;
  peer: string;
  /** How often each of both is measured. */
  runs: { quick: number; full: number };
  /** Called once before the first measurement. @returns what is called after the last one */
  prepare?(): Promise<() => Promise<unknown>>;
  /** One measurement of each, the one right after the other, so that both meet the same machine. */
  measure(): Promise<{ ours: number; peer: number }>;
}

/** A line of the table. */
export interface Result {
  ours: number;
  peer: number;
  /** Ours by the peer's. */
  ratio: number;
}

/** The medians of some runs, and their ratio. */
export async function run({ runs, prepare, measure }: Benchmark, isQuick: boolean): Promise<Result> {
  const clean = await prepare?.();
  try {
    const samples: { ours: number; peer: number }[] = [];
    for (let left = isQuick ? runs.quick : runs.full; left > 0; left--) samples.push(await measure());
    const ours = median(samples.map((sample) => sample.ours));
    const peer = median(samples.map((sample) => sample.peer));
    return { ours, peer, ratio: ours / peer };
  } finally {
    await clean?.();
  }
}

/** Runs one after the other, and prints one table. A benchmark that fails does not keep the others from running. */
export async function runAll(benchmarks: readonly Benchmark[], isQuick: boolean): Promise<number> {
  const table = new Table({ head: ["Measured", "Unit", "Ours", "", "Peer", "", "Ratio"] });
  let failed = 0;
  for (const benchmark of benchmarks) {
    const { title, unit, ours, peer } = benchmark;
    console.log(`${title} …`);
    try {
      const result = await run(benchmark, isQuick);
      const shown = [result.ours, result.peer].map((value) => value.toPrecision(3));
      table.push([title, unit, ours, shown[0], peer, shown[1], result.ratio.toFixed(2)]);
    } catch (error) {
      failed += 1;
      table.push([
        title,
        unit,
        { colSpan: 5, content: `failed: ${(error as Error).message.split("\n")[0]}` },
      ]);
    }
  }
  console.log(`\n${table}\nMedians of ${isQuick ? "a quick run (QUICK=1)" : "a full run"}; less is better.`);
  return failed === 0 ? 0 : 1;
}

/** Of an even number of values the mean of the middle two. @throws {RangeError} without a value */
export function median(values: readonly number[]): number {
  if (values.length === 0) throw new RangeError("no value was measured");
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  const [low = 0, high = 0] = [sorted[Math.ceil(middle) - 1], sorted[Math.floor(middle)]];
  return (low + high) / 2;
}

/** How long something takes. */
export async function milliseconds(work: () => unknown): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}
