import type { Plan } from "../model/plan";
import { UserError } from "../model/user-error";
import { type DoorName, frontDoors } from "./cluster/ports";

/** Whether the front door is of the cluster alone: its address means nothing on this machine. */
export const isInternal = ({ frontDoor: { kind, type } }: Pick<Plan, "frontDoor">): boolean =>
  kind === "standalone" && type === "ClusterIP";

/**
 * Which of this machine's ways in leads to a stack; none where an ingress controller of the cluster's is the way in, and
 * none to a front door that is the cluster's alone.
 * @throws {UserError} when its front door is none that a way leads to
 */
export function doorTo(stack: string, { frontDoor }: Pick<Plan, "frontDoor">): DoorName | undefined {
  const { kind, type, nodePorts, publicPort } = frontDoor;
  if (kind === "controller" || isInternal({ frontDoor })) return undefined;
  const names = Object.keys(frontDoors) as DoorName[];
  const door = names.find((name) => {
    const { http, https } = frontDoors[name];
    return (
      nodePorts?.http === http.nodePort && nodePorts.https === https.nodePort && publicPort === https.port
    );
  });
  if (door) return door;
  const has = nodePorts ? `the node ports ${nodePorts.http} and ${nodePorts.https}` : `no fixed node ports`;
  throw new UserError(
    `no way leads from this machine to platform:frontDoor of stack ${stack}: it is of type ${type}, has ${has} ` +
      `and the public port ${publicPort}`,
    `write one of:\n${names.map((name) => `    ${settingsOf(name)}`).join("\n")}`,
  );
}

function settingsOf(name: DoorName): string {
  const { http, https } = frontDoors[name];
  const nodePorts = `{http: ${http.nodePort}, https: ${https.nodePort}}`;
  return `platform:frontDoor: {type: NodePort, nodePorts: ${nodePorts}, publicPort: ${https.port}}`;
}
