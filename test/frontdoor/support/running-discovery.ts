import { spawn } from "node:child_process";
import { chmodSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { SERVER_PARAMETERS } from "../../../components/frontdoor/upstreams";
import { ensureNginx } from "./binary";
import { mountOf } from "./certificate";
import { FrontDoorUnderTest, nginxArguments, type Site } from "./nginx";

const script = join(import.meta.dirname, "../../../components/frontdoor/discovery.sh");

/**
 * The commands that discovery.sh finds on its path: the real nginx for a site, and an nslookup that is told its answer.
 * @param files soft limit of nginx's open files. @default this process's
 */
export async function prepareCommands({ folder }: Site, files?: number): Promise<void> {
  const limit = files === undefined ? "" : `ulimit -Sn ${files}; `;
  mkdirSync(join(folder, "bin"));
  // The container's nginx finds its configuration where it looks for it by itself.
  command("nginx", `${limit}exec ${await ensureNginx()} ${nginxArguments(folder).map(quoted).join(" ")}`);
  command("nslookup", `echo >>"${folder}/lookups"; cat "${folder}/answer"; exit "$(cat "${folder}/code")"`);

  function command(name: string, line: string): void {
    const file = join(folder, "bin", name);
    writeFileSync(file, `#!/bin/sh\n${line} "$@"\n`);
    chmodSync(file, 0o755);
  }
}

/** What nslookup answers from now on. */
export function answerDns({ folder }: Site, answer: string, code = 0): void {
  for (const [file, content] of Object.entries({ code, answer })) {
    const path = join(folder, file);
    writeFileSync(`${path}.new`, String(content));
    // At once, as nslookup may be reading.
    renameSync(`${path}.new`, path);
  }
}

/** What the script is told by its environment. */
export const environmentOf = ({ folder, layout }: Site): NodeJS.ProcessEnv => ({
  ...process.env,
  PATH: `${join(folder, "bin")}:${process.env.PATH}`,
  UPSTREAMS: layout.upstreams,
  NGINX_PID: join(folder, "nginx.pid"),
  CERTIFICATE: mountOf(folder),
  SERVED_CERTIFICATE: layout.tls,
  METRICS: layout.certificateMetrics,
  NOBODY: layout.local,
  SERVER_PARAMETERS,
  INTERVAL: "0.05",
});

/** Runs the script for the services of a table, each by its name and port. */
export function startDiscovery(
  table: FrontDoorUnderTest["table"],
  site: Site,
  port: number | undefined,
  settings: NodeJS.ProcessEnv = {},
): Promise<FrontDoorUnderTest> {
  const names = table.services.map(({ service, target }) => `${service}=${target}:${port}`);
  // The script's loop, which goes on beside nginx, keeps the pipe open: both have ended when it is closed.
  const shell = spawn("sh", [script, "run", ...names], {
    env: { ...environmentOf(site), ...settings },
    stdio: ["ignore", "pipe", "ignore"],
  });
  return FrontDoorUnderTest.of(table, site, shell);
}

/** Whether the script says that it is alive, as an exit code. */
export function aliveness(site: Site): Promise<number | null> {
  const check = spawn("sh", [script, "alive"], { env: environmentOf(site), stdio: "ignore" });
  return new Promise((resolve) => check.once("exit", resolve));
}

/** Process ids of nginx's workers, those included that wait for their last connection. */
export function workersOf({ folder }: { folder: string }): string[] {
  const master = readFileSync(join(folder, "nginx.pid"), "utf8").trim();
  return readFileSync(`/proc/${master}/task/${master}/children`, "utf8")
    .trim()
    .split(" ")
    .filter((pid) => titleOf(pid).startsWith("nginx: worker"));
}

/** Those of them that take new connections. */
export function acceptingOf(door: { folder: string }): string[] {
  return workersOf(door).filter((pid) => !titleOf(pid).includes("is shutting down"));
}

/** The title that a process shows; empty once it has ended. */
function titleOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8");
  } catch {
    return "";
  }
}

const quoted = (argument: string) => `'${argument}'`;
