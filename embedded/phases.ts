import { Listr, type ListrTask, PRESET_TIMER } from "listr2";
import { formatSeconds } from "../operations/format-seconds";
import type { Report } from "./command";

/** One line of the progress display and of the closing table. */
export interface Phase {
  title: string;
  /** @returns what was done, for the table. @default the last line it reported, else "unchanged" */
  // biome-ignore lint/suspicious/noConfusingVoidType: most phases are functions of others that return nothing
  run(report: Report): Promise<string | undefined | void>;
}

/** Phases that need nothing of each other and run at the same time. */
export interface Group {
  title: string;
  concurrent: Phase[];
}

export interface PhaseResult {
  title: string;
  seconds: number;
  /** What was done. */
  outcome: string;
}

/** A phase did not succeed; the message says which, after how long, and why. */
export class PhaseFailure extends Error {
  constructor(
    readonly phase: string,
    readonly seconds: number,
    override readonly cause: Error,
  ) {
    super(`${phase} failed after ${formatSeconds(seconds)}\n${cause.message}`);
    this.name = "PhaseFailure";
  }
}

/**
 * Runs phases one after the other, those of a group at once, and shows their progress: redrawn on a terminal,
 * line by line elsewhere.
 * @returns one result a phase, in the order they were given
 * @throws {PhaseFailure} when the first one fails; later ones are not started
 */
export async function runPhases(
  steps: readonly (Phase | Group)[],
  renderer: "default" | "silent" = "default",
): Promise<PhaseResult[]> {
  const results = new Map<Phase, PhaseResult>();
  // What the list shows of a failure is short; the rest is for whoever called.
  let failure: PhaseFailure | undefined;
  const list = new Listr(
    steps.map((step) => ("run" in step ? task(step) : group(step))),
    {
      renderer,
      rendererOptions: { timer: PRESET_TIMER, collapseSubtasks: false, showErrorMessage: false },
      fallbackRenderer: "simple",
      fallbackRendererOptions: { timer: PRESET_TIMER },
      // Would end this process before what it started has ended in order; see `main.ts`.
      registerSignalListeners: false,
    },
  );
  await list.run().catch((error) => {
    throw failure ?? error;
  });
  return steps
    .flatMap((step) => ("run" in step ? [step] : step.concurrent))
    .flatMap((phase) => results.get(phase) ?? []);

  function group({ title, concurrent }: Group): ListrTask {
    return { title, task: (_, parent) => parent.newListr(concurrent.map(task), { concurrent: true }) };
  }

  function task(phase: Phase): ListrTask {
    return {
      title: phase.title,
      task: async (_, display) => {
        const start = Date.now();
        const seconds = () => (Date.now() - start) / 1000;
        let last = "unchanged";
        const report: Report = (line) => {
          last = line;
          display.output = line;
        };
        try {
          const outcome = (await phase.run(report)) ?? last;
          results.set(phase, { title: phase.title, seconds: seconds(), outcome });
        } catch (error) {
          failure ??= new PhaseFailure(phase.title, seconds(), error as Error);
          throw new Error(`after ${formatSeconds(seconds())}`);
        }
      },
    };
  }
}
