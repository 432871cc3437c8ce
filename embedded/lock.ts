import { createConnection, createServer } from "node:net";
import { text } from "node:stream/consumers";
import { UserError } from "../model/user-error";

/** Who works on the embedded cluster now. */
interface Holder {
  pid: number;
  command: string;
  /** ISO time. */
  since: string;
}

/**
 * One name a machine, not a checkout: every checkout shares the one embedded cluster. It is a socket in Linux'
 * abstract namespace: the kernel hands it to one process only and takes it back when that process ends, also
 * by kill -9. A lock file would have to be judged: is it stale?
 */
const NAME = "microservice-platform";

/** Milliseconds to wait for the holder to say who it is; it may be busy. */
const ANSWER_TAKES = 2000;

/**
 * Does the work while no other command changes the embedded cluster.
 * @param command what holds the lock, as a person would type it
 * @throws {UserError} at once, naming the other process, when the lock is taken
 */
export async function withLock<T>(command: string, work: () => Promise<T>, name = NAME): Promise<T> {
  const release = await acquire(command, `\0${name}`);
  try {
    return await work();
  } finally {
    release();
  }
}

async function acquire(command: string, path: string): Promise<() => void> {
  const holder: Holder = { pid: process.pid, command, since: new Date().toISOString() };
  const server = createServer((socket) => {
    // The one who asks may be gone before it has the answer.
    socket.on("error", () => socket.destroy());
    socket.end(JSON.stringify(holder));
  });
  try {
    await new Promise<void>((resolve, reject) => server.once("error", reject).listen(path, resolve));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EADDRINUSE") throw error;
    throw taken(await ask(path));
  }
  return () => server.close();
}

function taken(holder: Holder | undefined): UserError {
  if (!holder)
    return new UserError("another command is at work on the embedded cluster", "wait for it to end");
  const since = new Date(holder.since).toLocaleTimeString("en-GB");
  return new UserError(
    `${holder.command} is already running: process ${holder.pid}, since ${since}`,
    "wait for it to end",
  );
}

/** Nothing when the holder is too busy to answer, or has just ended. */
async function ask(path: string): Promise<Holder | undefined> {
  const socket = createConnection({ path, timeout: ANSWER_TAKES });
  socket.on("timeout", () => socket.destroy());
  const answer = await text(socket).catch(() => "");
  return answer ? JSON.parse(answer) : undefined;
}
