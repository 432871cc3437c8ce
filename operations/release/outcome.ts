import { Refusal } from "../errors";
import { type ExitCode, exitCodes } from "../exit-codes";

/** How a release ended. */
export interface Outcome {
  result: "released" | "rolled back" | "held";
  /** Step at which it failed. */
  at?: string;
  /** Why, one line each. */
  reasons: string[];
}

/** What the command that releases tells its caller. Pure. */
export const exitCodeOf = ({ result }: Outcome): ExitCode => EXIT_CODES[result];

const EXIT_CODES: Record<Outcome["result"], ExitCode> = {
  released: exitCodes.done,
  held: exitCodes.refused,
  "rolled back": exitCodes.rolledBack,
};

/** Whether the old version cannot serve any more: the new one has had requests, and its schema is incompatible. */
export const isWayBackClosed = ({
  schema,
  weight,
}: {
  schema: "compatible" | "incompatible";
  weight: number;
}): boolean => schema === "incompatible" && weight > 0;

/** The release is told to end: Ctrl-C, `kill`, or `npx ops release abort`. */
export class Aborted extends Error {}

/** Another command found this one silent for too long, and is taking the release back. */
export class TakenOver extends Refusal {
  constructor(service: string) {
    super(`another command has taken over the release of ${service}:`, [
      `this command was silent for too long; see npx ops release status ${service}`,
    ]);
  }
}

/** A step did not pass. */
export class StepFailed extends Error {
  constructor(readonly reasons: string[]) {
    super(reasons.join("\n"));
  }
}
