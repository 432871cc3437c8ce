/** One step of a release, in words for people. */
export interface Step {
  name: string;
  /** Per cent of the requests that the new version gets. */
  weight: number;
  /** Seconds that it is watched; 0 goes on as soon as the pods are ready. */
  hold: number;
}

/** What the steps of a release are made of; see `platform:releases`. */
export interface Pace {
  steps: readonly number[];
  hold: number;
  grace: number;
}

/**
 * The steps until the new version serves everything. First it is there without a share: only who sends the header
 * `canary: true` gets it. A canary then gets more by steps; green gets everything at once, is watched, and blue stays
 * for a while. Pure.
 */
export function stepsOf(strategy: "canary" | "blue-green", { steps, hold, grace }: Pace): Step[] {
  if (strategy === "canary") {
    return [
      { name: "header", weight: 0, hold: 0 },
      ...steps.map((weight) => ({ name: `${weight} %`, weight, hold })),
    ];
  }
  return [
    { name: "green", weight: 0, hold: 0 },
    { name: "switch", weight: 100, hold },
    ...(grace > 0 ? [{ name: "grace", weight: 100, hold: grace }] : []),
  ];
}

/**
 * The steps of a worker, which has no callers: there is no share to give, and both versions take from the queue. The new
 * version is started beside the old one, and then watched. Pure.
 */
export const workerSteps = ({ hold }: Pick<Pace, "hold">): Step[] => [
  { name: "beside", weight: 0, hold: 0 },
  { name: "watch", weight: 100, hold },
];

/**
 * The version after another one: `v3` after `v2`. Pure.
 * @param current value of a `version` label
 */
export function nextVersion(current: string): string {
  const [, prefix = "v", number = "1"] = /^(.*?)(\d+)$/.exec(current) ?? [];
  return `${prefix}${Number(number) + 1}`;
}
