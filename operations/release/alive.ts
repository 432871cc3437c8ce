import { hostname } from "node:os";

/** Whether a process is known to have ended: one of this machine can be looked for, of another nothing is known. */
export function isDead(machine: string, pid: number): boolean {
  if (machine !== hostname()) return false;
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "ESRCH";
  }
}
