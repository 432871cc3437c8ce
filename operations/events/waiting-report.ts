import { setTimeout as sleep } from "node:timers/promises";
import { formatSeconds } from "../format-seconds";
import { remedyOf } from "../remedies";
import type { Workload } from "../workloads";
import type { Awaited, AwaitedWorkload } from "./awaited";

/** Milliseconds that a workload may take before people are told what it waits for: most are ready by then. */
const QUIET = 5000;
/** Milliseconds between two looks at the cluster. */
const INTERVAL = 2000;
/** Milliseconds for the last look, when Pulumi has failed. */
const LAST_LOOK = 10_000;
/** Characters of a reason on the one line of the progress display. */
const LONGEST = 200;

/** What a Job's controller says of one that it has ended: its pods, which knew why, are gone. */
const JOB_OVER = /^Job (was active|has reached)/;

/** Asks the cluster for every workload of a namespace. */
export type ListWorkloads = (namespace: string) => Promise<Workload[]>;

type Found = Pick<Workload, "kind" | "name" | "ready" | "reason" | "severity">;

/** A workload that is waited for, and why it is not ready. */
export interface Waiting extends AwaitedWorkload {
  reason: string;
  severity: number;
}

/**
 * Tells while Pulumi runs what it waits for and why, by what the cluster says: the Kubernetes provider tells no more
 * than that it waits.
 */
export class WaitingReport {
  /** The last reason of each workload, for those whose pods are gone when Pulumi gives up. */
  readonly #reasons = new Map<string, string>();
  readonly #told = new Set<string>();
  #over = false;

  constructor(
    private readonly awaited: Awaited,
    private readonly report: (line: string) => void,
    private readonly list: ListWorkloads,
    private readonly isTerminal: boolean = Boolean(process.stdout.isTTY),
  ) {}

  /** Looks and tells until {@link stop} is called. */
  async run(): Promise<void> {
    while (!this.#over) {
      await this.#look().catch(() => {
        // An API server that does not answer is Pulumi's to report.
      });
      await sleep(INTERVAL, undefined, { ref: false });
    }
  }

  stop(): void {
    this.#over = true;
  }

  /** Why Pulumi has failed: of each workload that it has given up what, why, and what to do. */
  async reasons(): Promise<string[]> {
    const { failed } = this.awaited;
    const found = await Promise.race([
      this.#find(failed).catch(() => []),
      sleep(LAST_LOOK, [], { ref: false }),
    ]);
    return failed.flatMap((workload) => {
      const key = keyOf(workload);
      const now = found.find((one) => isSame(one, workload));
      if (now?.ready) return [`${key}: was ready too late`, "  run make up again"];
      const reason = lastReason(now?.reason, this.#reasons.get(key));
      return reason ? [`${key}: ${reason}`, `  ${remedyOf(reason, workload)}`] : [];
    });
  }

  async #look(): Promise<void> {
    const now = Date.now();
    const late = this.awaited.waiting.filter(({ since }) => now - since > QUIET);
    if (late.length === 0) return;
    const waiting = reasonsOf(late, await this.#find(late));
    for (const one of waiting) {
      if (!JOB_OVER.test(one.reason)) this.#reasons.set(keyOf(one), one.reason);
    }
    if (this.#over) return;
    const [worst] = waiting;
    if (this.isTerminal) {
      if (worst) this.report(lineOf(worst, waiting.length - 1));
      return;
    }
    for (const one of waiting) {
      const news = `${keyOf(one)}: ${one.reason}`;
      if (!this.#told.has(news)) this.report(lineOf(one));
      this.#told.add(news);
    }
  }

  async #find(workloads: AwaitedWorkload[]): Promise<Found[]> {
    const namespaces = [...new Set(workloads.map(({ namespace }) => namespace))];
    return (await Promise.all(namespaces.map((namespace) => this.list(namespace)))).flat();
  }
}

/** Which of the workloads are not ready, and why; the worst first. Pure. */
export function reasonsOf(workloads: readonly AwaitedWorkload[], found: readonly Found[]): Waiting[] {
  return workloads
    .flatMap((workload): Waiting[] => {
      const one = found.find((one) => isSame(one, workload));
      if (one?.ready) return [];
      return [{ ...workload, reason: one?.reason ?? "is being created", severity: one?.severity ?? 0 }];
    })
    .sort((a, b) => b.severity - a.severity || a.since - b.since);
}

/** `waiting for Deployment auth-service: ErrImagePull: … (gives up in 4 min 10 s), and for 2 more`. Pure. */
export function lineOf(workload: Waiting, more = 0, now = Date.now()): string {
  const left = Math.max(0, (workload.until - now) / 1000);
  const { reason } = workload;
  const short = reason.length > LONGEST ? `${reason.slice(0, LONGEST - 1)}…` : reason;
  const others = more > 0 ? `, and for ${more} more` : "";
  return `waiting for ${keyOf(workload)}: ${short} (gives up in ${formatSeconds(left)})${others}`;
}

/** What is said now, and before that where the end alone is left to be told. Pure. */
function lastReason(now: string | undefined, before: string | undefined): string | undefined {
  return now && before && JOB_OVER.test(now) ? `${now}; before that: ${before}` : (now ?? before);
}

const keyOf = ({ kind, name }: { kind: string; name: string }) => `${kind} ${name}`;
const isSame = (one: Found, { kind, name }: AwaitedWorkload) => one.kind === kind && one.name === name;
