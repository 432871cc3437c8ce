/**
 * Ends the program once nobody reads what it says: its engine is gone. Pulumi's SDK (3.246, cmd/run) would report the
 * broken pipe as an error, over the same pipe, and that one's in turn, at the price of a core and gigabytes of memory.
 */
export function endWithEngine(): void {
  for (const stream of [process.stdout, process.stderr]) stream.on("error", () => process.exit(1));
}
