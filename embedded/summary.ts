import Table from "cli-table3";
import { formatSeconds } from "../operations/format-seconds";
import type { FrontDoor } from "./health";
import type { PhaseResult } from "./phases";

/** What came of `make up`. */
export interface Summary {
  stack: string;
  results: PhaseResult[];
  /** All of them together, and what is between them. */
  seconds: number;
  /** Where the platform is; nowhere when it is only rehearsed. */
  door: FrontDoor | undefined;
  isRehearsal: boolean;
}

/** Prints the phases with their times, where the platform is, and what can be done next. */
export function printSummary({ stack, results, seconds, door, isRehearsal }: Summary): void {
  const table = new Table({
    head: ["Phase", "Time", "Done"],
    colAligns: ["left", "right", "left"],
    colWidths: [null, null, 70],
    wordWrap: true,
    style: { head: [], border: [], compact: true },
  });
  for (const { title, seconds, outcome } of results) table.push([title, formatSeconds(seconds), outcome]);
  table.push(["Total", formatSeconds(seconds), "healthy"]);
  const where = isRehearsal
    ? [REHEARSAL, ""]
    : door
      ? [`Platform   ${door.url}`, `Try it     ${door.curl}`, ""]
      : [];
  const own = stack === "dev" ? "" : ` STACK=${stack}`;
  const next = [
    `make status${own}   every workload, ready or why not`,
    "make test     lint, types, unit and end-to-end tests",
    "make down     stop everything, keep the data",
    'eval "$(make -s env)"   kubectl and pulumi on this cluster',
  ];
  console.log(["", table.toString(), "", ...where, `Next       ${next.join("\n           ")}`].join("\n"));
}

const REHEARSAL = `Rehearsal  the stack belongs to another cluster: its objects are here, its pods are on simulated nodes.
           No container runs, and nothing answers.`;
