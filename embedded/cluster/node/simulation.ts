import { join } from "node:path";
import { stringify } from "yaml";
import type { KubernetesObject } from "../control-plane/api";
import { configDir, simulatedNodes } from "../layout";

/**
 * Nodes that exist only in the API server: kwok says of each pod on them what a kubelet would say of one that
 * works. Scheduler, controllers and quotas cannot tell the difference, and no container runs.
 */

/** Marks the nodes that are kwok's; as a taint, it keeps everybody else's pods away. */
export const simulatedKey = "kwok.x-k8s.io/node";
const FAKE = "fake";

/** Which nodes kwok looks after. */
export const simulatedSelector = `${simulatedKey}=${FAKE}`;

/** Label by which pods ask for a simulated node, and metrics-server leaves them out. */
export const nodesLabel = { key: "platform/nodes", simulated: "simulated" };

/** Seconds for which a node is believed after its last sign of life, as with a kubelet. */
export const LEASE_SECONDS = 40;

/** Milliseconds between two full reports of a node, as with a kubelet. */
const REPORT_INTERVAL = 300_000;

/** Of each node: it takes nothing of this machine, so no platform, however large, is short of room in any zone. */
const capacity = { cpu: "100000", memory: "1000Ti", pods: "100000", "ephemeral-storage": "10000Ti" };

/** One node in each of three zones. */
export const simulatedNodeObjects: KubernetesObject[] = simulatedNodes.map((name) => ({
  apiVersion: "v1",
  kind: "Node",
  metadata: {
    name,
    annotations: { [simulatedKey]: FAKE },
    labels: {
      "kubernetes.io/hostname": name,
      "kubernetes.io/os": "linux",
      "topology.kubernetes.io/region": "simulated",
      "topology.kubernetes.io/zone": name.replace("simulated", "zone"),
      [nodesLabel.key]: nodesLabel.simulated,
    },
  },
  spec: { taints: [{ key: simulatedKey, value: FAKE, effect: "NoSchedule" }] },
}));

/** kwok's configuration file. */
export const simulationFile = join(configDir, "kwok.yaml");

/** What becomes of nodes and pods, for {@link simulationFile}: one document a stage. */
export function simulationConfig(): string {
  return stages.map((stage) => stringify(stage)).join("---\n");
}

/** jq, as kwok reads it: the status of a condition. */
const condition = (type: string) => `.status.conditions.[] | select( .type == "${type}" ) | .status`;

/** One requirement of a stage: a jq expression, and what it may come to. */
const where = (key: string, operator: "In" | "NotIn" | "Exists" | "DoesNotExist", ...values: string[]) => ({
  key,
  operator,
  ...(values.length > 0 && { values }),
});
const isReady = where(condition("Ready"), "In", "True");
const isNotReady = where(condition("Ready"), "NotIn", "True");
const isDeleted = where(".metadata.deletionTimestamp", "Exists");
const isKept = where(".metadata.deletionTimestamp", "DoesNotExist");
const inPhase = (phase: string) => where(".status.phase", "In", phase);

const nodeConditions = `conditions:
{{ range NodeConditions }}
- type: {{ .type | Quote }}
  status: {{ .status | Quote }}
  reason: {{ .reason | Quote }}
  message: {{ .message | Quote }}
  lastHeartbeatTime: {{ Now | Quote }}
  lastTransitionTime: {{ Now | Quote }}
{{ end }}
`;

/** Without an address: whoever asks a simulated kubelet for logs or metrics is told so at once. */
const nodeStatus = `${nodeConditions}
addresses:
- type: Hostname
  address: {{ .metadata.name | Quote }}
capacity: ${JSON.stringify(capacity)}
allocatable: ${JSON.stringify(capacity)}
phase: Running
`;

/** Every container runs and is ready; an init container has ended well, unless it is one that stays. */
const podRunning = `{{ $now := Now | Quote }}
phase: Running
startTime: {{ $now }}
{{ with PodIPsWith .spec.nodeName ( or .spec.hostNetwork false ) .metadata.uid .metadata.name .metadata.namespace }}
podIP: {{ index . 0 | Quote }}
podIPs:
- ip: {{ index . 0 | Quote }}
{{ end }}
conditions:
{{ range $type := list "PodReadyToStartContainers" "Initialized" "ContainersReady" "Ready" }}
- { type: {{ $type }}, status: "True", lastTransitionTime: {{ $now }} }
{{ end }}
containerStatuses:
{{ range .spec.containers }}
- name: {{ .name | Quote }}
  image: {{ .image | Quote }}
  ready: true
  started: true
  restartCount: 0
  state: { running: { startedAt: {{ $now }} } }
{{ end }}
initContainerStatuses:
{{ range .spec.initContainers }}
- name: {{ .name | Quote }}
  image: {{ .image | Quote }}
  ready: true
  restartCount: 0
  {{ if eq ( or .restartPolicy "" ) "Always" }}
  started: true
  state: { running: { startedAt: {{ $now }} } }
  {{ else }}
  state:
    terminated: { exitCode: 0, reason: Completed, startedAt: {{ $now }}, finishedAt: {{ $now }} }
  {{ end }}
{{ end }}
`;

const podSucceeded = `{{ $now := Now | Quote }}
phase: Succeeded
containerStatuses:
{{ range .spec.containers }}
- name: {{ .name | Quote }}
  image: {{ .image | Quote }}
  ready: false
  started: false
  restartCount: 0
  state:
    terminated: { exitCode: 0, reason: Completed, startedAt: {{ $now }}, finishedAt: {{ $now }} }
{{ end }}
`;

const stages = [
  stage("node-initialize", "Node", [isNotReady], { statusTemplate: nodeStatus }),
  stage(
    "node-heartbeat",
    "Node",
    [isReady],
    // With its room, which another version of this program may have given it.
    { statusTemplate: nodeStatus },
    { delay: { durationMilliseconds: REPORT_INTERVAL } },
  ),
  stage("pod-ready", "Pod", [isKept, inPhase("Pending"), isNotReady], { statusTemplate: podRunning }),
  stage(
    "pod-complete",
    "Pod",
    [isKept, inPhase("Running"), where(".metadata.ownerReferences.[].kind", "In", "Job")],
    {
      statusTemplate: podSucceeded,
    },
  ),
  stage("pod-delete", "Pod", [isDeleted], { delete: true }),
];

/** One step in the life of an object: when it is due, and what it does. */
function stage(
  name: string,
  kind: "Node" | "Pod",
  matchExpressions: ReturnType<typeof where>[],
  next: { statusTemplate: string } | { delete: true },
  when = {},
) {
  return {
    apiVersion: "kwok.x-k8s.io/v1alpha1",
    kind: "Stage",
    metadata: { name },
    spec: { resourceRef: { apiGroup: "v1", kind }, selector: { matchExpressions }, ...when, next },
  };
}
