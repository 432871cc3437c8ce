import { frontDoorRuleOf, migrationJobOf, migrationOf, releaseOf } from "../../model/names";
import type { Change } from "../review/preview";

/** What a release is about to do with a service. */
export interface Scope {
  service: string;
  /** Value of the new version's `version` label. */
  version: string;
  /** Until the finish the version in use stays as it is. */
  phase: "step" | "finish";
}

/**
 * Whether a change is one of the release's: the new version's objects, the routes with the weights (the front door's too),
 * the least number of replicas of both versions, and at the finish the service's own objects. Pure.
 */
export function isOfRelease({ kind, label }: Change, { service, version, phase }: Scope): boolean {
  const name = label.slice(kind.length + 1);
  if (name === releaseOf(service, version)) return true;
  if (kind === "Job" && name.startsWith(`${migrationOf(service)}-`)) {
    // In the end that of the version before goes, too.
    return phase === "finish" || name === migrationJobOf(service, version);
  }
  if (name === service) {
    return (
      phase === "finish" || ["HorizontalPodAutoscaler", "DestinationRule", "VirtualService"].includes(kind)
    );
  }
  if (kind === "DestinationRule") return name === frontDoorRuleOf(service);
  return kind === "VirtualService" && /^front-door(-inside)?$/.test(name);
}
