import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { run } from "../../command";
import { readJson, writePrivately } from "../files";
import { clusterName, sysctlsFile } from "../layout";
import { bridge, nodeAddress, podRange, serviceRange, simulatedRange } from "./addresses";

const log = { log: "network" };

/**
 * Kernel settings that we change, and to what. `bridge-nf-call-iptables` sends what pods on one bridge say to each other
 * through the firewall too, without which replies from a Service bear the pod's address.
 */
const needed = { "net/ipv4/ip_forward": "1", "net/bridge/bridge-nf-call-iptables": "1" };
/** And those that kubelet changes. */
const changed: Record<string, string> = {
  ...needed,
  "vm/overcommit_memory": "1",
  "vm/panic_on_oom": "0",
  "kernel/panic": "10",
  "kernel/panic_on_oops": "1",
  "kernel/keys/root_maxkeys": "1000000",
  "kernel/keys/root_maxbytes": "25000000",
};

/** In nothing but a bridge's place of a machine: the second bit says "locally administered". */
const BRIDGE_MAC = "02:42:0a:f4:00:01";

const ours = `{ ${[podRange, serviceRange, simulatedRange].join(", ")} }`;

/** No other machine can use the cluster's addresses, and nothing that has one leaves this machine. */
const firewall = `
add table inet ${clusterName}
delete table inet ${clusterName}
table inet ${clusterName} {
  chain incoming {
    type filter hook prerouting priority raw
    iifname != { "lo", "${bridge}" } ip daddr ${ours} drop
  }
  chain outgoing {
    type filter hook forward priority filter
    iifname "${bridge}" oifname != "${bridge}" reject with icmpx admin-prohibited
    ip daddr ${ours} oifname != "${bridge}" reject with icmpx admin-prohibited
  }
  chain simulated {
    type filter hook output priority filter
    ip daddr ${simulatedRange} reject with icmpx host-unreachable
  }
}
`;

/** Makes the bridge, the routes, the kernel settings and the firewall, as far as they are missing. */
export async function ensureNetwork(): Promise<void> {
  if (!existsSync("/proc/sys/net/bridge")) await run("modprobe", ["br_netfilter"], log);
  rememberSysctls();
  for (const [name, value] of Object.entries(needed)) writeSysctl(name, value);
  if (!existsSync(`/sys/class/net/${bridge}`)) {
    // Its own address: a bridge without one takes that of its newest port, and pods would talk to a stale one.
    await ip("link", "add", bridge, "address", BRIDGE_MAC, "type", "bridge");
  }
  await ip("address", "replace", `${nodeAddress}/24`, "dev", bridge);
  await ip("link", "set", bridge, "up");
  // A machine without a default route could not even try to reach a Service.
  await ip("route", "replace", serviceRange, "dev", bridge, "src", nodeAddress);
  await run("nft", ["-f", "-"], { ...log, input: firewall });
}

/** Takes all of it away. */
export async function removeNetwork(): Promise<void> {
  await removeTables([`table inet ${clusterName}`]);
  if (existsSync(`/sys/class/net/${bridge}`)) await ip("link", "delete", bridge);
  restoreSysctls();
}

/** Removes tables of the firewall, as far as they are there. */
export async function removeTables(tables: string[]): Promise<void> {
  const present = (await nftTables()).filter((table) => tables.includes(table));
  if (present.length === 0) return;
  await run("nft", ["-f", "-"], { ...log, input: present.map((table) => `delete ${table}\n`).join("") });
}

/** Every table of the machine's firewall, as `table ip name`. */
export async function nftTables(): Promise<string[]> {
  const listed = await run("nft", ["list", "tables"], log);
  return listed.split("\n").filter(Boolean);
}

/** kube-proxy's own table names cannot be chosen. */
export const kubeProxyTables = ["table ip kube-proxy", "table ip6 kube-proxy"];

function rememberSysctls(): void {
  if (existsSync(sysctlsFile)) return;
  const values = Object.keys(changed).map((name) => [name, readFileSync(sysctlPath(name), "utf8").trim()]);
  writePrivately(sysctlsFile, JSON.stringify(Object.fromEntries(values)));
}

/** Only what is still as we have set it: another value was set by another program since. */
function restoreSysctls(): void {
  const values = readJson<Record<string, string>>(sysctlsFile);
  if (!values) return;
  // Whoever has made a bridge since, such as Docker, needs what it found switched on.
  if (otherBridges()) delete values["net/ipv4/ip_forward"];
  for (const [name, value] of Object.entries(values)) {
    if (readFileSync(sysctlPath(name), "utf8").trim() === changed[name]) writeSysctl(name, value);
  }
  rmSync(sysctlsFile);
}

function otherBridges(): boolean {
  const devices = "/sys/class/net";
  return readdirSync(devices).some((name) => existsSync(`${devices}/${name}/bridge`));
}

/** Only on a change: some machines let even root read only. */
function writeSysctl(name: string, value: string): void {
  if (readFileSync(sysctlPath(name), "utf8").trim() !== value) writeFileSync(sysctlPath(name), value);
}

const sysctlPath = (name: string) => `/proc/sys/${name}`;
const ip = (...args: string[]) => run("ip", args, log);
