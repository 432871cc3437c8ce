import type { Autoscaler, ScalingMetric } from "./autoscaler";
import type { Settings } from "./settings";

/** What the autoscaler of a service goes by. */
export interface AutoscalerPlan {
  /** Per cent of what its containers request, on average. @default it is not gone by */
  cpu?: number;
  memory?: number;
  metrics: readonly ScalingMetric[];
}

type Targets = Settings["defaults"]["autoscaler"];

/**
 * By what a service is scaled: as its environment says, else as its entry, else as all are. Undefined where it has a fixed
 * number of replicas. Pure.
 */
export function autoscalerOf(
  entry: Autoscaler = {},
  own: Partial<Targets> = {},
  defaults: Targets,
): AutoscalerPlan | undefined {
  if (entry === "none") return undefined;
  const target = (kind: "cpu" | "memory") => {
    const value = own[kind] ?? entry[kind] ?? defaults[kind];
    return value === "none" ? {} : { [kind]: value };
  };
  return { ...target("cpu"), ...target("memory"), metrics: entry.metrics ?? [] };
}
