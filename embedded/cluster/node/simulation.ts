import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse, stringify } from "yaml";
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

/** What kwok may do. */
export const simulationRbac = join(import.meta.dirname, "simulation-rbac.yaml");

/** kwok's configuration file. */
export const simulationFile = join(configDir, "kwok.yaml");

/** What becomes of nodes and pods, for {@link simulationFile}: one document a stage. */
export function simulationConfig(): string {
  const stages: unknown[] = parse(readFileSync(join(import.meta.dirname, "simulation.yaml"), "utf8"));
  return stages.map((stage) => stringify(stage, { aliasDuplicateObjects: false })).join("---\n");
}
