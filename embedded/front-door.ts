import type { Plan } from "../model/plan";
import { UserError } from "../model/user-error";
import type { Extras, Forwards } from "./cluster";

type WithFrontDoor = Pick<Plan, "frontDoor">;

/** Whether the front door is of the cluster alone: its address means nothing on this machine. */
export const isInternal = ({ frontDoor: { kind, type } }: WithFrontDoor): boolean =>
  kind === "standalone" && type === "ClusterIP";

/**
 * Which ports of this machine lead to a stack: its node ports, and the public one that is in its URL. None where an ingress
 * controller of the cluster's is the way in, and none to a front door that is the cluster's alone.
 * @throws {UserError} when no port can lead to it
 */
export function forwardsTo(stack: string, { frontDoor }: WithFrontDoor): Forwards {
  const { kind, type, nodePorts, publicPort } = frontDoor;
  if (kind === "controller" || isInternal({ frontDoor })) return {};
  if (nodePorts) {
    const { http, https } = nodePorts;
    return { [http]: http, [https]: https, [publicPort]: https };
  }
  throw new UserError(
    `no way leads from this machine to platform:frontDoor of stack ${stack}: it is of type ${type} and has no fixed node ports`,
    "write two node ports that no other stack has, and the port that is to be in its URL, such as:\n" +
      "    platform:frontDoor: {type: NodePort, nodePorts: {http: 32080, https: 32443}, publicPort: 32443}",
  );
}

/**
 * @param isUp whether a stack has anything on the cluster
 * @throws {UserError} when a port leads to another stack already
 */
export function requireFreePorts(
  stack: string,
  desired: Forwards,
  { forwards }: Pick<Extras, "forwards">,
  isUp: (stack: string) => boolean,
): void {
  for (const [other, theirs] of Object.entries(forwards)) {
    const port = Object.keys(desired).find((port) => port in theirs);
    if (other === stack || port === undefined || !isUp(other)) continue;
    throw new UserError(
      `port ${port} of platform:frontDoor of stack ${stack} leads to stack ${other} already`,
      `give stack ${stack} other nodePorts and another publicPort`,
    );
  }
}
