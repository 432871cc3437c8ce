import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { removeSalt } from "../embedded/stack";
import { readStackFile } from "../stacks/stack-file";
import type { Counts } from "./support/counts-reporter";

/**
 * `make test`: every part runs, whatever became of the one before. It ends with what took longest, with all that failed, each
 * in a line or two, and with the line that counts everything.
 */
const root = join(import.meta.dirname, "..");
const folder = mkdtempSync(join(tmpdir(), "platform-test-"));
/** Both platforms in both environments. */
const STACKS = ["dev", "dealcycle-dev", "prod", "dealcycle-prod"];
/** How many of the slowest tests are shown. */
const SLOWEST = 20;
const total: Counts = { passed: 0, failures: [], skipped: 0, durations: [] };
const begin = Date.now();

await check("Format and lint", "biome", "check", "--error-on-warnings", ".");
await check("Types", "tsc", "--noEmit");
// First what the others need: the plugins' tests take Pulumi and the API server from the toolchain it makes.
const [first = "", ...others] = STACKS;
let isUp = await bringUp(first);
// Before the others are there: two cores are few for a load and three platforms more.
if (isUp) await suite("The mesh and releases", "--config", "test/e2e/mesh/.mocharc.yaml");
for (const stack of others) isUp = (await bringUp(stack)) && isUp;
await suite("Unit tests");
// Without the stacks there is nothing to ask.
if (isUp) {
  await suite("A small stack, killed and changed", "--config", "test/e2e/small/.mocharc.yaml");
  await suite("End-to-end tests", "--config", "test/e2e/.mocharc.yaml");
  // They run Pulumi as a user does.
  for (const stack of ["istio", ...STACKS]) removeSalt(readStackFile(stack));
}
rmSync(folder, { recursive: true });
const slowest = total.durations.sort((a, b) => b.seconds - a.seconds).slice(0, SLOWEST);
console.log(`\nThe ${SLOWEST} slowest, of ${((Date.now() - begin) / 60_000).toFixed(1)} min in all:`);
for (const { title, seconds } of slowest) console.log(`${seconds.toFixed(0).padStart(5)} s  ${title}`);
if (total.failures.length > 0) console.log("\nFailed:");
for (const { title, reason } of total.failures) console.log(`✗ ${title}\n    ${reason.slice(0, 300)}`);
console.log(`${total.passed} passed, ${total.failures.length} failed, ${total.skipped} skipped`);
process.exit(total.failures.length > 0 ? 1 : 0);

function bringUp(stack: string): Promise<boolean> {
  return check(`Stack ${stack}`, "make", "--no-print-directory", "up", `STACK=${stack}`);
}

/** A command that counts as one test. @returns whether it passed */
async function check(title: string, file: string, ...args: string[]): Promise<boolean> {
  const start = Date.now();
  const passed = await run(title, file, args);
  total.durations.push({ title, seconds: (Date.now() - start) / 1000 });
  if (passed) total.passed += 1;
  else total.failures.push({ title, reason: [file, ...args].join(" ") });
  return passed;
}

/** A mocha run. One that ends before it has counted, for instance at a syntax error, is a failure. */
async function suite(title: string, ...options: string[]): Promise<void> {
  const counts = join(folder, `${title}.json`);
  const reporter = ["--reporter", "test/support/counts-reporter.ts"];
  const passed = await run(title, "mocha", [...options, ...reporter], { COUNTS_FILE: counts });
  const ended = read(counts);
  if (!passed && ended.failures.length === 0) {
    ended.failures.push({ title, reason: "ended before it had counted; what it said is above" });
  }
  total.passed += ended.passed;
  total.failures.push(...ended.failures);
  total.skipped += ended.skipped;
  total.durations.push(...ended.durations);
}

async function run(title: string, file: string, args: string[], env = {}): Promise<boolean> {
  console.log(`\n── ${title}`);
  const { failed } = await execa(file, args, {
    cwd: root,
    env,
    preferLocal: true,
    stdio: "inherit",
    reject: false,
  });
  return !failed;
}

function read(path: string): Counts {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch {
    return { passed: 0, failures: [], skipped: 0, durations: [] };
  }
}
