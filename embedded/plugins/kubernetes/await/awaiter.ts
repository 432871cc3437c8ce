import type { KubeObject } from "../object";

/** What is to be said of an object at one moment. */
export interface Verdict {
  ready: boolean;
  /** Where it stands, such as `2 of 3 pods are ready`. */
  status: string;
  /** It will never be ready: no use to wait for the timeout. */
  failed?: boolean;
  /** Good enough when nothing changes for so many seconds. */
  settles?: number;
}

/** Other objects that a verdict needs. */
export interface Related {
  apiVersion: string;
  kind: string;
  labelSelector?: string;
  fieldSelector?: string;
}

/** Knows when a kind is ready. */
export interface Awaiter {
  /** Seconds to wait. @default 600 */
  timeout?: number;
  /** What else to follow. @default the object alone, whose status says all */
  related?(object: KubeObject): Related | undefined;
  /** `related` is undefined until it has been listed, or where there is none. */
  judge(object: KubeObject, related?: KubeObject[]): Verdict;
  /** Labels of the pods that are asked for reasons. */
  podLabels?(object: KubeObject): Record<string, string> | undefined;
}

/** The controller has not looked at the latest change yet, so its status is about the one before. */
export function isStale(object: KubeObject): boolean {
  const observed = (object.status as { observedGeneration?: number } | undefined)?.observedGeneration ?? 0;
  return observed < (object.metadata.generation ?? 0);
}

export const unseen: Verdict = { ready: false, status: "the controller has not seen it yet" };
