import { isInstalled, run } from "../../command";
import { type Extras, listenersOf } from "../extras";
import type { Problem } from "../problem";
import { runningDaemon, startedDaemons, wasStarted } from "../supervisor";
import { bridge, overlap, podRange, prefixOf, serviceRange, simulatedRange } from "./addresses";
import { kubeProxyTables, nftTables } from "./bridge";
import { closedChains } from "./foreign-firewall";
import { hostPort, type Listener } from "./ports";

const log = { log: "preflight" };

/**
 * Whatever on this machine is not ours and in our way: processes on our ports, networks, another cluster, a firewall. What
 * it is seen with is itself installed by `make up`, which looks again afterwards.
 */
export async function conflicts(extras: Extras): Promise<Problem[]> {
  const own = new Set(startedDaemons().flatMap((name) => runningDaemon(name)?.pid ?? []));
  const isThere = { ss: isInstalled("ss"), ip: isInstalled("ip"), nft: isInstalled("nft") };
  return [
    ...(isThere.ss
      ? takenPorts(listenersOf(extras), parseListeners(await run("ss", ["-Htulnp"], log)), own)
      : []),
    ...(isThere.ip
      ? takenNetworks(JSON.parse(await run("ip", ["-json", "-4", "route", "show", "table", "all"], log)))
      : []),
    ...(isThere.nft ? await foreignFirewall() : []),
  ];
}

/** A process that listens on this machine. */
export interface Listening extends Listener {
  process?: string;
  pid?: number;
}

/** Reads the output of `ss -Htulnp`. */
export function parseListeners(output: string): Listening[] {
  return output.split("\n").flatMap((line) => {
    const local = line.split(/\s+/)[4];
    if (local === undefined) return [];
    const colon = local.lastIndexOf(":");
    const [, process, pid] = /\("([^"]*)",pid=(\d+)/.exec(line) ?? [];
    return [
      {
        // A device may be named: 127.0.0.53%lo
        address: local.slice(0, colon).replace(/%.*/, ""),
        port: Number(local.slice(colon + 1)),
        process,
        pid: pid === undefined ? undefined : Number(pid),
      },
    ];
  });
}

const EVERY_ADDRESS = ["0.0.0.0", "*", "[::]"];

/** One problem for each needed port that a process other than our own holds, on its address or on every one. */
export function takenPorts(ports: Listener[], listening: Listening[], own: Set<number>): Problem[] {
  return ports.flatMap((needed) => {
    const holder = listening.find(
      ({ address, port, pid }) =>
        port === needed.port &&
        [needed.address, ...EVERY_ADDRESS].includes(address) &&
        !(pid !== undefined && own.has(pid)),
    );
    if (!holder) return [];
    const who = holder.pid === undefined ? "another program" : `${holder.process} (process ${holder.pid})`;
    const remedy = "let that listen elsewhere, or stop it if it is not needed";
    return [{ problem: `port ${hostPort(needed)} is in use by ${who}`, remedy }];
  });
}

/** A route as `ip -json route` prints it. */
export interface Route {
  dst: string;
  dev?: string;
  gateway?: string;
}

/**
 * Networks of this machine with addresses of ours. A wider one behind a gateway, such as a company's 10.0.0.0/8,
 * is none: the narrower route wins.
 */
export function takenNetworks(routes: Route[]): Problem[] {
  return [podRange, simulatedRange, serviceRange].flatMap((range) => {
    const clash = routes.find(({ dst, dev, gateway }) => {
      if (dst === "default" || dev === bridge) return false;
      return overlap(dst, range) && (gateway === undefined || prefixOf(dst) >= prefixOf(range));
    });
    if (!clash) return [];
    return [
      {
        problem: `the cluster's ${range} is in use by the route ${clash.dst} of ${clash.dev}`,
        remedy: "take that route away first",
      },
    ];
  });
}

/** What drops our pods' packets, and kube-proxy's tables where we have started none. */
async function foreignFirewall(): Promise<Problem[]> {
  const closed = await closedChains();
  const tables = await nftTables();
  if (wasStarted("kube-proxy") || !kubeProxyTables.some((table) => tables.includes(table))) return closed;
  return [
    ...closed,
    {
      problem: "another cluster's kube-proxy has rules in this machine's firewall",
      remedy: "stop that cluster and run: nft delete table ip kube-proxy",
    },
  ];
}
