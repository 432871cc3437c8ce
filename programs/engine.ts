import * as pulumi from "@pulumi/pulumi";
import { formatProblems, type Problem } from "../model/problems";

/**
 * Ends the program once nobody reads what it says: its engine is gone. Pulumi's SDK (3.246, cmd/run) would report the
 * broken pipe as an error, over the same pipe, and that one's in turn, at the price of a core and gigabytes of memory.
 */
export function endWithEngine(): void {
  for (const stream of [process.stdout, process.stderr]) stream.on("error", () => process.exit(1));
}

/** Without a stack: it says nothing to whoever mistyped a setting, and Node takes many seconds to print it. */
export function refusal(problems: readonly Problem[]) {
  return Object.assign(new pulumi.RunError(formatProblems(pulumi.getStack(), problems)), {
    stack: undefined,
  });
}
