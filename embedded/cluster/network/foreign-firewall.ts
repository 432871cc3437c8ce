import { existsSync, readFileSync } from "node:fs";
import { run } from "../../command";
import { clusterName } from "../layout";
import type { Problem } from "../problem";
import { bridge } from "./addresses";
import { kubeProxyTables } from "./bridge";
import { policiesTable } from "./policies/ruleset";

/**
 * Chains of this machine's firewall that would cut pods off from each other (FORWARD) or from the API server and DNS of the
 * node (INPUT): kube-proxy accepts in a table of its own, and a later chain that drops still drops. A chain in whose table a rule
 * names our bridge is taken for one that knows about us.
 */
export async function closedChains(): Promise<Problem[]> {
  const legacy = existsSync(LEGACY) && /^filter$/m.test(readFileSync(LEGACY, "utf8"));
  return [
    ...closedIn(await run("nft", ["list", "ruleset"], { log: "preflight" })),
    ...(legacy ? closedInLegacy(await run("iptables-legacy", ["-S"], { log: "preflight" })) : []),
  ];
}

/** Tables of the older iptables, which nft does not list; there is no such file where they were never used. */
const LEGACY = "/proc/net/ip_tables_names";

const ours = [`table inet ${clusterName}`, policiesTable, ...kubeProxyTables];

/** Reads what `nft list ruleset` prints. Pure. */
export function closedIn(ruleset: string): Problem[] {
  return ruleset.split(/^(?=table )/m).flatMap((table) => {
    const [, title = "", family] = /^(table (\S+) \S+)/.exec(table) ?? [];
    if (!["ip", "inet"].includes(family ?? "") || ours.includes(title) || opens(table)) return [];
    return [...table.matchAll(/^\tchain (\S+) \{\n([\s\S]*?)\n\t\}/gm)].flatMap(([, name, body = ""]) => {
      const isOnTheWay = /type filter hook (forward|input) /.test(body);
      const last = body.split("\n").at(-1)?.trim() ?? "";
      // What UFW and firewalld end with: no condition before the verdict.
      const isClosed =
        /policy drop;/.test(body) || /^(counter packets \d+ bytes \d+ )?(drop|reject)\b/.test(last);
      if (!isOnTheWay || !isClosed) return [];
      return [
        problem(
          `${title.slice(6)}, chain ${name}`,
          `nft insert rule ${title.slice(6)} ${name} iifname ${bridge} accept`,
        ),
      ];
    });
  });
}

/** Reads what `iptables-legacy -S` prints. Pure. */
export function closedInLegacy(rules: string): Problem[] {
  if (opens(rules)) return [];
  return [...rules.matchAll(/^-P (FORWARD|INPUT) DROP$/gm)].map(([, chain]) =>
    problem(`iptables-legacy, chain ${chain}`, `iptables-legacy -I ${chain} -i ${bridge} -j ACCEPT`),
  );
}

/** Whether a rule names the bridge, and not in order to drop what comes from it. */
function opens(rules: string): boolean {
  return rules.split("\n").some((rule) => rule.includes(bridge) && !/\b(drop|reject)\b/i.test(rule));
}

function problem(where: string, command: string): Problem {
  return {
    problem: `this machine's firewall (${where}) would cut pods off`,
    remedy: `let them pass: ${command}`,
  };
}
