import type { Plan } from "../../model/plan";
import type { Metrics } from "./metrics";

/** How much worse a new version may be than the old one; see `platform:releases`. */
export type Limits = Pick<Plan["releases"], "samples" | "successDrop" | "p95Ratio" | "p95Allowance">;

/** One metric that is not as it has to be. */
export interface Failure {
  metric: "requests" | "success rate" | "p95" | "restarts";
  text: string;
}

/**
 * Compares a new version with the old one. A new one without requests is a failure where the old one has some: it is not
 * reached. What has none at all, as a worker, is judged by its restarts; whether its pods are ready was seen before.
 * @param old where it had no request, a new version that has enough is compared with one that never fails
 * @param restarts of the new version's containers, since the step has begun
 * @returns everything that is wrong. Pure.
 */
export function judge(fresh: Metrics, old: Metrics, restarts: number, limits: Limits): Failure[] {
  return [
    ...judgeRestarts(restarts),
    ...(fresh.requests >= limits.samples
      ? judgeTraffic(fresh, old, limits)
      : old.requests > 0
        ? [failure("requests", `${fresh.requests} in this step, it takes ${limits.samples} to judge`)]
        : []),
  ];
}

/** A p95 of so many times its limit ends the step at once. */
const FAR = 3;

/**
 * What is wrong already, before a step is over. Too few requests are not yet, and a process that has just started is
 * slow at first: its p95 has until the end of the step, unless it is far beyond what warming up explains. Pure.
 */
export function judgeSoFar(fresh: Metrics, old: Metrics, restarts: number, limits: Limits): Failure[] {
  const isSlow =
    old.requests > 0 &&
    fresh.requests >= 2 * limits.samples &&
    (fresh.p95 ?? 0) > FAR * longestP95(old, limits);
  const early = isSlow ? ["requests"] : ["requests", "p95"];
  return judge(fresh, old, restarts, limits).filter(({ metric }) => !early.includes(metric));
}

function judgeRestarts(restarts: number): Failure[] {
  return restarts > 0 ? [failure("restarts", `${restarts}, none is allowed`)] : [];
}

function judgeTraffic(fresh: Metrics, old: Metrics, limits: Limits): Failure[] {
  const { success = 0, p95 } = fresh;
  const leastSuccess = Math.max(0, (old.success ?? 1) - limits.successDrop / 100);
  const longest = longestP95(old, limits);
  return [
    ...(success < leastSuccess
      ? [
          failure(
            "success rate",
            `${percent(success)}, at least ${percent(leastSuccess)} with ${old.success === undefined ? "no requests" : percent(old.success)} before`,
          ),
        ]
      : []),
    ...(old.requests > 0 && (p95 === undefined || p95 > longest)
      ? [
          failure(
            "p95",
            p95 === undefined
              ? "unknown"
              : `${milliseconds(p95)}, at most ${milliseconds(longest)} with ${milliseconds(old.p95 ?? 0)} before`,
          ),
        ]
      : []),
  ];
}

const longestP95 = (old: Metrics, { p95Ratio, p95Allowance }: Limits): number =>
  (old.p95 ?? 0) * p95Ratio + p95Allowance;

const failure = (metric: Failure["metric"], text: string): Failure => ({ metric, text });

/** `99.5 %` of 0.995. */
export const percent = (share: number): string => `${Number((share * 100).toFixed(2))} %`;
/** `12 ms` of 0.012. */
export const milliseconds = (seconds: number): string => `${Math.round(seconds * 1000)} ms`;
