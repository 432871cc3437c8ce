import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { chownSync, existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { promisify } from "node:util";
import { ensureDebian } from "./debian";
import { until } from "./until";

const run = promisify(execFile);

/** Postgres refuses to run as root: this is Linux' user without rights. */
const UNPRIVILEGED = { uid: 65534, gid: 65534 };

/** A real PostgreSQL of this machine, with an empty database cluster that only its own folder leads to. */
export interface RunningPostgres {
  /** Runs a script as psql would in a Job. @returns what it printed, unaligned and without headings */
  psql(
    script: string,
    options?: { user?: string; database?: string; env?: Record<string, string> },
  ): Promise<string>;
  end(): Promise<void>;
}

/** @throws when the machine has no PostgreSQL 15 and Debian's packages cannot be had */
export async function startPostgres(): Promise<RunningPostgres> {
  const server = await programs("postgres", "postgresql-15");
  const client = await programs("psql", "postgresql-client-15");
  const folder = mkdtempSync(join(tmpdir(), "postgres-"));
  chownSync(folder, UNPRIVILEGED.uid, UNPRIVILEGED.gid);
  const data = join(folder, "data");
  const as = process.getuid?.() === 0 ? UNPRIVILEGED : {};
  await run(
    join(server, "initdb"),
    ["--pgdata", data, "--username=postgres", "--auth=trust", "--no-sync"],
    as,
  );
  const args = ["-D", data, "-k", folder, "-c", "listen_addresses=", "-c", "fsync=off"];
  const running = spawn(join(server, "postgres"), args, { ...as, stdio: "ignore" });
  const postgres = { psql, end };
  await until(
    "Postgres answers",
    30,
    () => psql("SELECT 1").catch(() => ""),
    (answer) => answer === "1",
  );
  return postgres;

  async function psql(
    script: string,
    { user = "postgres", database = "postgres", env = {} } = {},
  ): Promise<string> {
    const options = ["--no-psqlrc", "--quiet", "--tuples-only", "--no-align", "--set", "ON_ERROR_STOP=1"];
    const child = execFile(join(client, "psql"), [...options, "-h", folder, "-U", user, database], {
      env: { ...process.env, ...env },
    });
    return finished(child, script);
  }

  async function end(): Promise<void> {
    const ended = once(running, "exit");
    running.kill("SIGINT");
    await ended;
    rmSync(folder, { recursive: true });
  }
}

/** What a psql prints that is given a script; rejects with what it says when it fails. */
async function finished(child: ChildProcess, script: string): Promise<string> {
  const said = { stdout: "", stderr: "" };
  child.stdout?.on("data", (text) => {
    said.stdout += text;
  });
  child.stderr?.on("data", (text) => {
    said.stderr += text;
  });
  child.stdin?.end(script);
  const [code] = await once(child, "close");
  if (code !== 0) throw new Error(said.stderr);
  return said.stdout.trim();
}

/** The folder with the programs. */
async function programs(name: string, debianPackage: string): Promise<string> {
  const places = ["/usr/lib/postgresql/15/bin", ...(process.env.PATH ?? "").split(delimiter)];
  const found = places.find((place) => existsSync(join(place, name)));
  return found ?? dirname(await ensureDebian(debianPackage, `usr/lib/postgresql/15/bin/${name}`));
}
