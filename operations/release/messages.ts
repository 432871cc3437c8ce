import { type Failure, milliseconds, percent } from "./judge";
import type { Metrics } from "./metrics";
import type { Outcome } from "./outcome";

/** What was released, from which version to which. */
export interface Subject {
  service: string;
  stack: string;
  from: string;
  to: string;
}

/** How a release ended, and what there is to do. */
export function conclusionOf(
  { result, at, reasons }: Outcome,
  { service, stack, from, to }: Subject,
): string {
  const file = `Pulumi.${stack}.yaml`;
  if (result === "released") return `Released: ${service} is ${to}. Commit ${file}, which says so.`;
  if (result === "rolled back") {
    return `Rolled back at ${at}: ${from} serves everything, ${file} is as it was.`;
  }
  return [
    `Held at ${at}: ${reasons.join("; ")}`,
    `  ${to} has changed the database so that ${from} cannot work with it, and goes on serving.`,
    `  npx ops release promote ${service} --stack ${stack}               keep it`,
    `  npx ops release abort ${service} --stack ${stack} --across-schema  go back all the same`,
  ].join("\n");
}

/** `4 objects changed` */
export const count = (changed: number) => (changed === 1 ? "1 object changed" : `${changed} objects changed`);

/** `p95  488 ms, at most 64 ms with 9 ms before` */
export const lineOf = ({ metric, text }: Failure) => `${metric}  ${text}`;

/** `success 100 %, p95 5 ms` */
export function describe({ success, p95 }: Metrics): string {
  if (success === undefined) return "no requests";
  return `success ${percent(success)}, p95 ${p95 === undefined ? "unknown" : milliseconds(p95)}`;
}
