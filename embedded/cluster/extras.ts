import { existsSync, readFileSync } from "node:fs";
import { writePrivately } from "./files";
import { extrasFile } from "./layout";
import { type DoorName, frontDoors, kwokHealth, type Listener, ports } from "./ports";

/** What a cluster has beyond what every one has, because a stack asked for it. */
export interface Extras {
  /** Nodes of kwok's, in three zones. */
  simulatedNodes: boolean;
  /** Ways in from this machine. */
  doors: DoorName[];
}

/** What the cluster has, or will have once it is started again. */
export function currentExtras(): Extras {
  const none: Extras = { simulatedNodes: false, doors: ["first"] };
  // A file of an earlier version lacks what is newer.
  return existsSync(extrasFile) ? { ...none, ...JSON.parse(readFileSync(extrasFile, "utf8")) } : none;
}

/** Everything of two, in an order of its own: what one stack has asked for stays when another is brought up. */
export function together(one: Extras, other: Extras): Extras {
  const doors = Object.keys(frontDoors) as DoorName[];
  return {
    simulatedNodes: one.simulatedNodes || other.simulatedNodes,
    doors: doors.filter((door) => one.doors.includes(door) || other.doors.includes(door)),
  };
}

/** Every port that a daemon of the cluster listens on. */
export function listenersOf({ simulatedNodes, doors }: Extras): Listener[] {
  return [
    ...Object.values(ports),
    ...(simulatedNodes ? [kwokHealth] : []),
    ...doors.flatMap((door) => Object.values(frontDoors[door])),
  ];
}

/** Holds on to them for as long as the cluster exists. */
export function keepExtras(extras: Extras): void {
  writePrivately(extrasFile, JSON.stringify(extras));
}
