import type * as k8s from "@pulumi/kubernetes";
import type { PlatformContext } from "./context";
import { selectorOf } from "./labels";
import { podSecurity, type User } from "./security";

/** What the pods of one workload have of their own. */
export interface PodArgs {
  /** Value of the `app` label, and name of the ServiceAccount. */
  app: string;
  user: User;
  /** Which of the platform's priorities the pods have. */
  priority: keyof PlatformContext["priorities"];
}

/**
 * Everything that the pods of all workloads have in common: an identity without a token, no rights, and a place
 * away from each other. In production a zone that is down takes at most one pod more than another zone has.
 */
export function podOf(
  { app, user, priority }: PodArgs,
  { tier, scheduling, priorities }: Pick<PlatformContext, "tier" | "scheduling" | "priorities">,
) {
  return {
    serviceAccountName: app,
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    priorityClassName: priorities[priority],
    securityContext: podSecurity(user),
    nodeSelector: scheduling.nodeSelector,
    tolerations: scheduling.tolerations,
    topologySpreadConstraints: [
      spread("topology.kubernetes.io/zone", tier === "production" ? "DoNotSchedule" : "ScheduleAnyway"),
      spread("kubernetes.io/hostname", "ScheduleAnyway"),
    ],
    affinity: {
      podAntiAffinity: {
        preferredDuringSchedulingIgnoredDuringExecution: [
          {
            weight: 100,
            podAffinityTerm: {
              labelSelector: { matchLabels: selectorOf(app) },
              topologyKey: "kubernetes.io/hostname",
            },
          },
        ],
      },
    },
  } satisfies Partial<k8s.types.input.core.v1.PodSpec>;

  function spread(topologyKey: string, whenUnsatisfiable: string) {
    return { maxSkew: 1, topologyKey, whenUnsatisfiable, labelSelector: { matchLabels: selectorOf(app) } };
  }
}
