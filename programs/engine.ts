import * as pulumi from "@pulumi/pulumi";
import { formatProblems, type Problem } from "../model/problems";

/**
 * Ends the program once the engine, which reads what it prints, is gone. Pulumi's SDK (3.246, cmd/run) would report the
 * broken pipe as an error, over the same pipe, and that one's in turn, at the price of a core and gigabytes of memory.
 */
export function endWithEngine(): void {
  for (const stream of [process.stdout, process.stderr]) stream.on("error", () => process.exit(1));
}

/**
 * Leaves out what Pulumi's SDK (3.246) does for those who debug it, a third of the program's time in a stack of 200
 * resources; PULUMI_DEBUG_PROMISE_LEAKS, its own switch, brings it back.
 */
export function withoutSdkDebugging(): void {
  if (process.env.PULUMI_DEBUG_PROMISE_LEAKS) return;
  // Four messages a resource go to the engine, one with all of its state as text, which is shown by `--debug` only.
  pulumi.log.debug = () => Promise.resolve();
  // Each of some thousand promises has the trace of an error without a message, mapped to its source at once. Those of
  // resources, which are read for their places in the source, are unlimited.
  const mapped = Error.prepareStackTrace;
  if (!mapped) return;
  Error.prepareStackTrace = (error, frames) =>
    error.message === "" && Number.isFinite(Error.stackTraceLimit) ? "" : mapped(error, frames);
}

/** Without a stack: it says nothing to whoever mistyped a setting, and Node takes many seconds to print it. */
export function refusal(problems: readonly Problem[]) {
  return Object.assign(new pulumi.RunError(formatProblems(pulumi.getStack(), problems)), {
    stack: undefined,
  });
}
