import type * as k8s from "@pulumi/kubernetes";
import type { PlatformContext } from "./context";
import { selectorOf } from "./labels";
import { podSecurity, type User } from "./security";

const ZONE = "topology.kubernetes.io/zone";
const NODE = "kubernetes.io/hostname";

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
 * away from each other, in other zones before other nodes. It is a wish: a zone that is gone and nodes that name no zone
 * must keep no pod waiting, which `DoNotSchedule` does. Cordoned and unreachable nodes do not count.
 */
export function podOf(
  { app, user, priority }: PodArgs,
  { scheduling, pullSecrets, priorities }: Pick<PlatformContext, "scheduling" | "pullSecrets" | "priorities">,
) {
  return {
    serviceAccountName: app,
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    priorityClassName: priorities[priority],
    securityContext: podSecurity(user),
    ...(pullSecrets.length > 0 && { imagePullSecrets: pullSecrets.map((name) => ({ name })) }),
    nodeSelector: scheduling.nodeSelector,
    tolerations: scheduling.tolerations,
    topologySpreadConstraints: [spread(ZONE), spread(NODE)],
    affinity: {
      podAntiAffinity: {
        preferredDuringSchedulingIgnoredDuringExecution: [apart(ZONE, 100), apart(NODE, 50)],
      },
    },
  } satisfies Partial<k8s.types.input.core.v1.PodSpec>;

  function spread(topologyKey: string) {
    return {
      maxSkew: 1,
      topologyKey,
      whenUnsatisfiable: "ScheduleAnyway",
      nodeTaintsPolicy: "Honor",
      labelSelector: { matchLabels: selectorOf(app) },
    };
  }

  function apart(topologyKey: string, weight: number) {
    return { weight, podAffinityTerm: { labelSelector: { matchLabels: selectorOf(app) }, topologyKey } };
  }
}
