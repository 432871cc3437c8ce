import { copyFileSync, existsSync, readdirSync, statSync, truncateSync } from "node:fs";
import { join } from "node:path";

/** Bytes after which a log is begun anew; the one before is kept, so that a log takes twice as much at most. */
const LONGEST = 10 * 2 ** 20;

/** Begins a log anew that has grown too long. Whoever has it open, to append to it, goes on at its new beginning. */
export function rotate(log: string, longest = LONGEST): void {
  if (!existsSync(log) || statSync(log).size <= longest) return;
  copyFileSync(log, `${log}.1`);
  truncateSync(log);
}

/** The same for each log of a folder. */
export function rotateAll(folder: string, longest = LONGEST): void {
  for (const name of readdirSync(folder)) if (name.endsWith(".log")) rotate(join(folder, name), longest);
}
