import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
} from "node:fs";
import { homedir } from "node:os";
import { join, parse } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { CommandFailure, type Report } from "../command";
import { logsDir } from "../paths";
import { readJson, writePrivately } from "./files";
import { type Health, isHealthy } from "./health";
import { daemonsDir } from "./layout";
import { end, identify, type ProcessIdentity, processes, runs, until } from "./processes";

/** A program that runs on after the command that started it. */
export interface Daemon {
  name: string;
  executable: string;
  args: string[];
  env?: Record<string, string>;
  /** Files it reads at its start: when one of them changes, it is started anew. */
  files?: string[];
  health: Health;
}

/** What is remembered of a daemon. */
interface Started {
  /** Hash of everything that the daemon was started with. */
  fingerprint: string;
  /** When it was started, milliseconds since 1970. */
  startedAt: number;
  command: string[];
}

/** Where nothing but {@link Started} is written down, whoever started it was killed before it could write down the process. */
type DaemonRecord = Started & ProcessIdentity;

/** Until a daemon answers: a cold start on a busy machine takes 15 s at most. */
const START_TIMEOUT = 90_000;
const STOP_GRACE = 5000;
const LINES_SHOWN = 15;

/** Nothing of the user's own environment, so that a daemon does not depend on who started it: proxies above all. */
const environment = {
  PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
  HOME: homedir(),
};

/**
 * Brings daemons up, all at once: starts what does not run, starts anew what was started with something else,
 * leaves the rest alone. Ends when all are healthy.
 * @throws {CommandFailure} as soon as one ends or does not get healthy, with its last lines
 */
export async function ensureDaemons(daemons: Daemon[], report: Report): Promise<void> {
  const others = new AbortController();
  try {
    await Promise.all(daemons.map((daemon) => ensureDaemon(daemon, report, others.signal)));
  } finally {
    others.abort();
  }
}

/** Stops daemons, all at once. Those that do not run are fine. Remembers that they were started. */
export async function stopDaemons(names: string[]): Promise<void> {
  await end(
    names.flatMap((name) => runningDaemon(name) ?? []),
    STOP_GRACE,
  );
}

/** The daemon of that name, if the process that was started as such still runs. */
export function runningDaemon(name: string): DaemonRecord | undefined {
  const record = recordOf(name);
  if (!record) return undefined;
  if ("pid" in record) return runs(record) ? record : undefined;
  const found = processOf(record);
  return found && { ...record, ...found };
}

/** The process of a command; one that it has forked has the same command. */
function processOf({ command }: Started): ProcessIdentity | undefined {
  const same = processes().filter((process) => isDeepStrictEqual(process.command, command));
  return same.find(({ parent }) => !same.some(({ pid }) => pid === parent));
}

/** Names of all that were started since the machine was clean of them, be they alive or not. */
export function startedDaemons(): string[] {
  if (!existsSync(daemonsDir)) return [];
  return readdirSync(daemonsDir).flatMap((name) => (name.endsWith(".json") ? [parse(name).name] : []));
}

/** Stops daemons, and forgets them. */
export async function removeDaemons(names: string[]): Promise<void> {
  await stopDaemons(names);
  for (const name of names) rmSync(recordFile(name));
}

/** Whether it was started since the machine was clean of it, be it alive or not. */
export function wasStarted(name: string): boolean {
  return existsSync(recordFile(name));
}

async function ensureDaemon(daemon: Daemon, report: Report, abandoned: AbortSignal): Promise<void> {
  const fingerprint = fingerprintOf(daemon);
  const running = runningDaemon(daemon.name);
  if (running?.fingerprint !== fingerprint) {
    if (running) await stopDaemons([daemon.name]);
    report(`${running ? "restarting" : "starting"} ${daemon.name}`);
    await start(daemon, fingerprint);
  }
  const alive = () => runningDaemon(daemon.name) !== undefined;
  // Both, because another process may answer in its place.
  const settled = async () => (await isHealthy(daemon.health)) || !alive() || abandoned.aborted;
  if ((await until(settled, START_TIMEOUT)) && alive()) return;
  const reason = alive() ? `not healthy after ${START_TIMEOUT / 1000} s` : "ended right after its start";
  throw new CommandFailure(daemon.name, reason, lastLines(daemon.name), logFile(daemon.name));
}

async function start(daemon: Daemon, fingerprint: string): Promise<void> {
  const { name, executable, args, env } = daemon;
  const output = openNewLog(name);
  const started: Started = { fingerprint, startedAt: Date.now(), command: [executable, ...args] };
  // Before as after: whoever is killed in between leaves a daemon that can be found.
  writePrivately(recordFile(name), JSON.stringify(started));
  const child = spawn(executable, args, {
    cwd: "/",
    env: { ...environment, ...env },
    detached: true,
    stdio: ["ignore", output, output],
  });
  closeSync(output);
  await new Promise<void>((resolve, reject) => {
    child.once("spawn", resolve);
    child.once("error", reject);
  });
  child.unref();
  const identity = identify(child.pid as number);
  if (!identity)
    throw new CommandFailure(name, "ended right after its start", lastLines(name), logFile(name));
  writePrivately(recordFile(name), JSON.stringify({ ...started, ...identity } satisfies DaemonRecord));
}

/** A log grows from one start to the next only; the one before is kept. */
function openNewLog(name: string): number {
  mkdirSync(logsDir, { recursive: true });
  const file = logFile(name);
  if (existsSync(file)) renameSync(file, `${file}.1`);
  return openSync(file, "a", 0o600);
}

function fingerprintOf({ executable, args, env, files = [] }: Daemon): string {
  const hash = createHash("sha256").update(JSON.stringify([executable, args, env]));
  for (const file of files) hash.update(readFileSync(file));
  return hash.digest("hex");
}

function lastLines(name: string): string[] {
  return readFileSync(logFile(name), "utf8").trimEnd().split("\n").slice(-LINES_SHOWN);
}

const recordOf = (name: string) => readJson<Started | DaemonRecord>(recordFile(name));
const recordFile = (name: string) => join(daemonsDir, `${name}.json`);
const logFile = (name: string) => join(logsDir, `${name}.log`);
