import type { Replacement } from "../stacks/replacements";
import { nodesLabel, simulatedKey } from "./cluster/node/simulation";

/**
 * A rehearsal is a stack of another cluster, production above all, brought up on the embedded one: its own file,
 * with as few settings replaced as let it live beside the others. Its pods run on simulated nodes.
 */

/** What a rehearsal depends on beside the stack's own settings. */
export interface Circumstances {
  stack: string;
  /** Context of the embedded cluster. */
  context: string;
  /** Digests of the images that the cluster has, by the last part of their names. */
  digests: Record<string, string>;
}

/** Settings by their keys without the prefix. */
type Values = Readonly<Record<string, unknown>>;

/** Which settings are replaced, by what, and why. Everything else stays as it is in production. Pure. */
export function rehearsal(values: Values, { stack, context, digests }: Circumstances): Replacement[] {
  const { nodePorts: _, ...frontDoor } = record(values.frontDoor);
  const images = record(values.images);
  return [
    {
      setting: "context",
      value: context,
      reason: "it is the embedded cluster that plays the other one's part",
    },
    {
      setting: "namespace",
      value: namespaceOf(String(values.catalog), stack),
      reason: "another environment of the platform has the usual one on the same cluster",
    },
    {
      setting: "frontDoor",
      value: {
        ...frontDoor,
        type: "ClusterIP",
        ...(frontDoor.kind === "controller" && {
          controller: {
            ...record(frontDoor.controller),
            namespace: namespaceOf(String(values.catalog), stack),
          },
        }),
      },
      reason:
        "no controller here hands out addresses of load balancers, node ports are other stacks', and an ingress controller " +
        "has no namespace",
    },
    {
      setting: "scheduling",
      value: {
        nodeSelector: { [nodesLabel.key]: nodesLabel.simulated },
        tolerations: [{ key: simulatedKey, operator: "Exists", effect: "NoSchedule" }],
      },
      reason: "a platform of production's size does not fit on this machine",
    },
    {
      setting: "generateSecrets",
      value: true,
      reason: "the real ones are not set here, and belong elsewhere",
    },
    {
      setting: "alertmanager",
      value: { ...record(values.alertmanager), webhook: false },
      reason: "a rehearsal must not page anyone",
    },
    {
      setting: "grafana",
      value: { enabled: false },
      reason: "no registry that this cluster is built from has its image",
    },
    {
      setting: "images",
      value: { ...images, digests: { ...digests, ...record(images.digests) } },
      reason: "the images here are other builds; digests that were promoted stay",
    },
  ];
}

/** `malai-prod` for the stack prod of malai, `dealcycle-prod` for the stack dealcycle-prod of dealcycle. */
function namespaceOf(catalog: string, stack: string): string {
  return stack.startsWith(`${catalog}-`) ? stack : `${catalog}-${stack}`;
}

function record(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}
