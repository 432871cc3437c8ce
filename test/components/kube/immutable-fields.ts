/** What cannot be changed of the objects of a kind, and who sees to it. */
export interface Immutable {
  /** Fields that the API server refuses to change, or by which it knows the object. */
  fields: readonly string[];
  /**
   * Those of them for which the Kubernetes provider replaces the object by itself (v4.25.0, pkg/provider/diff.go,
   * `forceNew`). What is not among them would be sent as an update and refused.
   */
  replaced: readonly string[];
}

const identity = ["metadata.name", "metadata.namespace"];
const nothingElse: Immutable = { fields: identity, replaced: identity };

/** Fields beside name and namespace. */
const immutable = (replaced: readonly string[], others: readonly string[] = []): Immutable => ({
  fields: [...identity, ...replaced, ...others],
  replaced: [...identity, ...replaced],
});

/** Every kind that the program makes. Sources: Kubernetes 1.34, `Validate…Update` of pkg/apis/<group>/validation. */
export const IMMUTABLE: Readonly<Record<string, Immutable>> = {
  Namespace: nothingElse,
  PriorityClass: immutable([], ["value", "preemptionPolicy"]),
  ResourceQuota: immutable(["spec.scopes"]),
  LimitRange: nothingElse,
  ServiceAccount: nothingElse,
  Role: nothingElse,
  ClusterRole: nothingElse,
  RoleBinding: immutable(["roleRef"]),
  ClusterRoleBinding: immutable(["roleRef"]),
  // Their data can be changed: the provider is told so in index.ts.
  ConfigMap: immutable([], ["immutable"]),
  Secret: immutable(["type"], ["immutable"]),
  // One that has an address keeps it; it may get one, or give it up, with the type ExternalName only.
  Service: immutable(["spec.clusterIP"], ["spec.clusterIPs", "spec.loadBalancerClass"]),
  PersistentVolumeClaim: immutable(
    ["spec.accessModes", "spec.selector", "spec.storageClassName", "spec.volumeName"],
    ["spec.volumeMode", "spec.dataSource", "spec.dataSourceRef"],
  ),
  Deployment: immutable(["spec.selector"]),
  StatefulSet: immutable([
    "spec.podManagementPolicy",
    "spec.revisionHistoryLimit",
    "spec.selector",
    "spec.serviceName",
    "spec.volumeClaimTemplates",
  ]),
  Job: immutable(
    ["spec.completions", "spec.parallelism", "spec.selector", "spec.template"],
    [
      "spec.backoffLimitPerIndex",
      "spec.completionMode",
      "spec.managedBy",
      "spec.podFailurePolicy",
      "spec.successPolicy",
    ],
  ),
  PodDisruptionBudget: nothingElse,
  HorizontalPodAutoscaler: nothingElse,
  NetworkPolicy: nothingElse,
  Ingress: nothingElse,
  // Istio's kinds have no rule that compares with the old object.
  Gateway: nothingElse,
  VirtualService: nothingElse,
  DestinationRule: nothingElse,
  ServiceEntry: nothingElse,
  Sidecar: nothingElse,
  PeerAuthentication: nothingElse,
  AuthorizationPolicy: nothingElse,
  Telemetry: nothingElse,
};

/** Where data lives: neither may ever be replaced, whatever a change is about. */
export const DATA_KINDS: readonly string[] = ["StatefulSet", "PersistentVolumeClaim"];
