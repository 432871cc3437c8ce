import { setTimeout as sleep } from "node:timers/promises";
import { severities } from "../reasons";
import { remedyOf } from "../remedies";
import type { Workload } from "../workloads";
import { StepFailed } from "./outcome";

/** Milliseconds between two looks. */
const POLL = 2000;

/** Seconds for which a pod has to have the same trouble before people are told: most starts are over by then. */
const TOLD_AFTER = 20;

/** A pod, or a workload without one, that has been in trouble since a moment. */
interface Trouble {
  since: number;
  workload: Workload;
}

/**
 * Looks at Deployments while something waits for them: Pulumi says after ten minutes that it has waited, and not for what.
 */
export class Waits {
  #troubles = new Map<string, Trouble>();
  readonly #told = new Set<string>();

  /**
   * @param deployments names of those that are waited for
   * @param list asks the cluster for the workloads of the namespace
   * @param say tells people a line
   * @param patience seconds for a pod to find its room, its image or its readiness
   */
  constructor(
    readonly deployments: readonly string[],
    readonly list: () => Promise<Workload[]>,
    readonly say: (line: string) => void,
    readonly patience = Number.POSITIVE_INFINITY,
  ) {}

  /**
   * Tells meanwhile what is not ready, and why. What lasts for longer than the patience, and what waiting does not mend,
   * ends the work.
   * @param work ends when the signal does, with its reason
   * @throws {StepFailed} with the cluster's reason first, when the work has failed while something was not ready
   */
  async during<T>(work: (signal: AbortSignal) => Promise<T>, outer?: AbortSignal): Promise<T> {
    let isOver = false;
    const hopeless = new AbortController();
    const signal = outer ? AbortSignal.any([outer, hopeless.signal]) : hopeless.signal;
    void this.#watch(() => isOver, hopeless);
    try {
      return await work(signal);
    } catch (error) {
      throw error === hopeless.signal.reason ? error : this.#explained(error);
    } finally {
      isOver = true;
    }
  }

  async #watch(isOver: () => boolean, hopeless: AbortController): Promise<void> {
    for (; !isOver(); await sleep(POLL, undefined, { ref: false })) {
      await this.#look().catch(() => {
        // An API server that does not answer is the work's to report.
      });
      if (isOver()) return;
      for (const { since, workload } of this.#troubles.values()) {
        const seconds = (Date.now() - since) / 1000;
        if (seconds < TOLD_AFTER) continue;
        this.#tell(workload);
        const isFinal = workload.severity === severities.failed || seconds >= this.patience;
        if (isFinal && Number.isFinite(this.patience)) hopeless.abort(new StepFailed(reasonsOf(workload)));
      }
    }
  }

  /** One that has the same trouble as before has had it since then. */
  async #look(): Promise<void> {
    const found = await this.list();
    const troubled = found.filter(
      ({ kind, name, ready, severity = 0 }) =>
        kind === "Deployment" && this.deployments.includes(name) && !ready && severity >= severities.stuck,
    );
    const before = this.#troubles;
    this.#troubles = new Map(
      troubled.map((workload) => {
        const key = `${workload.name} ${workload.pod ?? ""}`;
        return [key, { since: before.get(key)?.since ?? Date.now(), workload }];
      }),
    );
  }

  #tell(workload: Workload): void {
    const [reason = "", remedy = ""] = reasonsOf(workload);
    if (this.#told.has(reason)) return;
    this.#told.add(reason);
    this.say(reason.replace(": ", " waits: "));
    this.say(remedy);
  }

  #explained(error: unknown): unknown {
    if (!(error instanceof StepFailed)) return error;
    const known = [...this.#troubles.values()]
      .filter(({ workload }) => !error.reasons.some((line) => line.includes(workload.reason ?? "")))
      .flatMap(({ workload }) => reasonsOf(workload));
    return new StepFailed([...known, ...error.reasons]);
  }
}

const reasonsOf = (workload: Workload): [reason: string, remedy: string] => {
  const { kind, name, reason = "is not ready" } = workload;
  return [`${kind} ${name}: ${reason}`, `  ${remedyOf(reason, workload)}`];
};
