import type { Outcome } from "./outcome";

/** What `ops release` tells its caller: 0 released, 3 held because the way back is closed, 4 rolled back. */
export type ExitCode = 0 | 3 | 4;

export const EXIT_CODES: Record<Outcome["result"], ExitCode> = { released: 0, held: 3, "rolled back": 4 };
