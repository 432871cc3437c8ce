import { readJson, writePrivately } from "./files";
import { extrasFile } from "./layout";
import { type Forwards, forwardAt, kwokHealth, type Listener, ports } from "./network/ports";

/** What a cluster has beyond what every one has, because a stack asked for it. */
export interface Extras {
  /** Nodes of kwok's, in three zones. */
  simulatedNodes: boolean;
  /** Ways in from this machine, by the stack that they lead to. */
  forwards: Readonly<Record<string, Forwards>>;
}

/** What the cluster has, or will have once it is started again. */
export function currentExtras(): Extras {
  const none: Extras = { simulatedNodes: false, forwards: {} };
  // A file of an earlier version lacks what is newer.
  return { ...none, ...readJson<Extras>(extrasFile) };
}

/** Everything of two: what one stack has asked for stays when another is brought up. */
export function together(one: Extras, other: Extras): Extras {
  return {
    simulatedNodes: one.simulatedNodes || other.simulatedNodes,
    forwards: { ...one.forwards, ...other.forwards },
  };
}

/** The ways in to all stacks. */
export const allForwards = ({ forwards }: Extras): [port: string, nodePort: number][] =>
  Object.entries(Object.assign({}, ...Object.values(forwards)) as Forwards);

/** Every port that a daemon of the cluster listens on. */
export function listenersOf(extras: Extras): Listener[] {
  return [
    ...Object.values(ports),
    ...(extras.simulatedNodes ? [kwokHealth] : []),
    ...allForwards(extras).map(([port]) => forwardAt(port)),
  ];
}

/** Holds on to them for as long as the cluster exists. */
export function keepExtras(extras: Extras): void {
  writePrivately(extrasFile, JSON.stringify(extras));
}
