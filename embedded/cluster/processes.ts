import { readdirSync, readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

/** A process of this machine that no other can be taken for: process ids are used again, also after a restart. */
export interface ProcessIdentity {
  pid: number;
  /** Clock ticks between the start of the machine and that of the process. */
  startTicks: number;
  /** See {@link bootId}. */
  bootId: string;
}

/** The process that has this id now; undefined if none has, or one that has ended and was not yet waited for. */
export function identify(pid: number): ProcessIdentity | undefined {
  const stat = stateOf(pid);
  return stat && { pid, startTicks: stat.startTicks, bootId: bootId() };
}

/** Whether this very process still runs. */
export function runs(process: ProcessIdentity): boolean {
  const now = identify(process.pid);
  return now?.startTicks === process.startTicks && now.bootId === process.bootId;
}

/** Every process of the machine with its parent and command line. */
export function processes(): (ProcessIdentity & { parent: number; command: string[] })[] {
  const boot = bootId();
  return readdirSync("/proc")
    .map(Number)
    .flatMap((pid) => {
      const stat = Number.isInteger(pid) ? stateOf(pid) : undefined;
      const command = stat && procFile(pid, "cmdline")?.split("\0").slice(0, -1);
      return command ? [{ pid, bootId: boot, ...stat, command }] : [];
    });
}

/** Sends a signal; a process that has ended in the meantime needs none. */
export function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

/**
 * Asks processes to end, and ends those that have not after a while.
 * @param grace milliseconds between the two
 */
export async function end(ended: ProcessIdentity[], grace: number): Promise<void> {
  const left = () => ended.filter(runs);
  for (const { pid } of left()) signal(pid, "SIGTERM");
  await until(() => left().length === 0, grace);
  for (const { pid } of left()) signal(pid, "SIGKILL");
  await until(() => left().length === 0, KILL_TAKES);
}

/** A killed process may first have to finish a system call on a slow disk. */
const KILL_TAKES = 5000;

/** Waits for a condition. @returns whether it came true within so many milliseconds */
export async function until(condition: () => boolean | Promise<boolean>, timeout: number): Promise<boolean> {
  for (const deadline = Date.now() + timeout; ; await sleep(50)) {
    if (await condition()) return true;
    if (Date.now() > deadline) return false;
  }
}

/** Fields of /proc/<pid>/stat; the name, in parentheses, may itself hold spaces and parentheses. */
function stateOf(pid: number): { parent: number; startTicks: number } | undefined {
  const stat = procFile(pid, "stat");
  const [state, parent, ...rest] = stat?.slice(stat.lastIndexOf(")") + 2).split(" ") ?? [];
  if (state === undefined || state === "Z" || state === "X") return undefined;
  return { parent: Number(parent), startTicks: Number(rest[17]) };
}

/** Identifies this start of the machine. */
export function bootId(): string {
  return readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
}

/** A file of /proc/<pid>, or nothing when the process has ended, or is none of ours to look at. */
export function procFile(pid: number, name: string): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/${name}`, "utf8");
  } catch (error) {
    const { code = "" } = error as NodeJS.ErrnoException;
    if (["ENOENT", "ESRCH", "EACCES", "EPERM"].includes(code)) return undefined;
    throw error;
  }
}
