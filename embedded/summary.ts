import Table from "cli-table3";
import type { FrontDoor } from "./health";
import { formatSeconds, type PhaseResult } from "./phases";

/** Prints the phases with their times, where the platform is, and what can be done next. */
export function printSummary(results: PhaseResult[], seconds: number, door: FrontDoor | undefined): void {
  const table = new Table({
    head: ["Phase", "Time", "Done"],
    colAligns: ["left", "right", "left"],
    colWidths: [null, null, 70],
    wordWrap: true,
    style: { head: [], border: [], compact: true },
  });
  for (const { title, seconds, outcome } of results) table.push([title, formatSeconds(seconds), outcome]);
  table.push(["Total", formatSeconds(seconds), "healthy"]);
  const where = door ? [`Platform   ${door.url}`, `Try it     ${door.curl}`, ""] : [];
  const next = [
    "make status   every workload, ready or why not",
    "make test     lint, types, unit and end-to-end tests",
    "make down     stop everything, keep the data",
    'eval "$(make -s env)"   kubectl and pulumi on this cluster',
  ];
  console.log(["", table.toString(), "", ...where, `Next       ${next.join("\n           ")}`].join("\n"));
}
