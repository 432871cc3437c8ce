import type { Figures } from "./figures";
import { type Failure, milliseconds, percent } from "./judge";

/** `4 objects changed` */
export const count = (changed: number) => (changed === 1 ? "1 object changed" : `${changed} objects changed`);

/** `p95  488 ms, at most 64 ms with 9 ms before` */
export const lineOf = ({ figure, text }: Failure) => `${figure}  ${text}`;

/** `success 100 %, p95 5 ms` */
export function describe({ success, p95 }: Figures): string {
  if (success === undefined) return "no requests";
  return `success ${percent(success)}, p95 ${p95 === undefined ? "unknown" : milliseconds(p95)}`;
}
