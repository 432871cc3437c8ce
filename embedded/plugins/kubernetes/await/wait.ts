import type { Client } from "../client";
import { deadline } from "../deadline";
import { type Discovery, pathOf } from "../discovery";
import { isNotFound } from "../errors";
import { type KubeObject, title } from "../object";
import { explain, type Problem, problemsOf } from "../reasons";
import { follow, type WatchTarget } from "../watch";
import type { Awaiter } from "./awaiter";

/** Seconds between two looks for reasons while something is not ready. Readiness itself is watched. */
const LOOK_INTERVAL = 5;

/** Seconds to wait when neither the program nor the kind says otherwise, as with the official plugin. */
const TIMEOUT = 600;

export interface WaitContext {
  client: Client;
  discovery: Discovery;
  /** Aborted when the user cancels. */
  signal: AbortSignal;
  onStatus: (text: string) => void;
  onWarning: (text: string) => void;
}

/** The object is there and not ready; `reasons` say why, as far as the cluster knows. */
export class WaitFailure extends Error {
  constructor(
    readonly live: KubeObject,
    readonly reasons: string[],
  ) {
    super(reasons.join("\n"));
    this.name = "WaitFailure";
  }
}

/**
 * Follows the object until its awaiter says that it is ready, and returns it as it is then.
 * @param seconds of the program; 0 for the default
 * @throws {WaitFailure} after that time, when it fails for good, when it is deleted, and when the user cancels
 */
export async function waitUntilReady(
  context: WaitContext,
  awaiter: Awaiter,
  object: KubeObject,
  seconds: number,
): Promise<KubeObject> {
  const timeout = seconds || awaiter.timeout || TIMEOUT;
  const { client, discovery, onStatus } = context;
  let live = object;
  let related: KubeObject[] | undefined;
  let verdict = awaiter.judge(live);
  if (verdict.ready) return live;
  onStatus(verdict.status);

  const wait = deadline(context.signal, timeout);
  const { signal } = wait;
  let settling: NodeJS.Timeout | undefined;
  let gone = false;
  const looking = setInterval(() => look().catch(finish), LOOK_INTERVAL * 1000);
  let broken: unknown;
  const seen = new Map<string, number>();

  try {
    const watches = [
      follow(client, await ownTarget(), signal, (found) => {
        gone = found.length === 0;
        live = found[0] ?? live;
        decide();
      }),
    ];
    const others = awaiter.related?.(live);
    if (others) {
      const kind = await discovery.find(others.apiVersion, others.kind);
      const target = { path: pathOf(kind, live.metadata.namespace), ...others };
      watches.push(
        follow(client, target, signal, (found) => {
          related = found;
          decide();
        }),
      );
    }
    await Promise.all(watches.map((watch) => watch.catch(finish)));
  } finally {
    clearInterval(looking);
    clearTimeout(settling);
    wait.end();
  }
  if (broken) throw broken;
  if (verdict.ready) return live;
  if (gone) throw new WaitFailure(live, [`${title(live)} was deleted while it was waited for`]);
  throw new WaitFailure(live, [reason(), ...(await explain(client, awaiter, live))]);

  function decide(): void {
    if (signal.aborted) return;
    clearTimeout(settling);
    verdict = awaiter.judge(live, related);
    if (gone || verdict.ready || verdict.failed) {
      wait.end();
      return;
    }
    onStatus(verdict.status);
    if (verdict.settles) {
      settling = setTimeout(() => {
        verdict = { ...verdict, ready: true };
        wait.end();
      }, verdict.settles * 1000);
    }
  }

  function finish(error: unknown): void {
    broken ??= error;
    wait.end();
  }

  function reason(): string {
    if (verdict.failed) return `${title(live)}: ${verdict.status}`;
    const end = context.signal.aborted ? "when the wait was cancelled" : `after ${timeout} s`;
    return `${title(live)} is not ready ${end}: ${verdict.status}`;
  }

  /** What the pods say meanwhile: at once as the status, and as a warning when it stays. */
  async function look(): Promise<void> {
    const problems = await problemsOf(client, awaiter, live, signal).catch((error: unknown) => {
      if (signal.aborted || isNotFound(error)) return [];
      throw error;
    });
    if (signal.aborted || problems.length === 0) return;
    onStatus(`${verdict.status}; ${problems.map(({ text }) => text).join("; ")}`);
    for (const problem of problems) warnWhenItStays(problem);
  }

  function warnWhenItStays({ text, grave }: Problem): void {
    // The number of restarts grows; the problem stays the same.
    const kind = text.replace(/\d+ restarts/, "");
    const times = (seen.get(kind) ?? 0) + 1;
    seen.set(kind, times);
    if (grave && times === 2) context.onWarning(text);
  }

  async function ownTarget(): Promise<WatchTarget> {
    const kind = await discovery.find(live.apiVersion, live.kind);
    return {
      path: pathOf(kind, live.metadata.namespace),
      fieldSelector: `metadata.name=${live.metadata.name}`,
    };
  }
}
