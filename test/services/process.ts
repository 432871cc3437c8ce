import { type ChildProcess, spawn } from "node:child_process";
import { EventEmitter, once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bundleService } from "../../services/reference/build";

/** The service as it ships: the bundle, in a process of its own. */
export interface RunningService {
  url: string;
  /** Everything printed so far. */
  output: () => string;
  /** Resolves when it has printed a text so many times; rejects when it ends before. @param times @default 1 */
  printed: (text: string, times?: number) => Promise<void>;
  kill: (signal: NodeJS.Signals) => void;
  /** Resolves with the exit code. */
  exited: Promise<number | null>;
}

/** A service whose timers know no time but what the test lets pass. */
export interface TimedService extends RunningService {
  /** Lets milliseconds pass. Resolves when the timers that are due have gone off, also when one ended the service. */
  pass: (milliseconds: number) => Promise<void>;
}

/** Preloaded into a {@link TimedService}. */
const CLOCK = `
  import { mock } from "node:test";
  mock.timers.enable({ apis: ["setTimeout"] });
  process.on("message", (milliseconds) => {
    mock.timers.tick(milliseconds);
    process.send("passed");
  });
`;

/** A port that nothing listens on. */
export async function closedPort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  if (address === null || typeof address === "string") throw new Error("no port");
  return address.port;
}

/** Bundles once; call `end` when the tests are over: it also ends what a failed test left running. */
export async function serviceRunner() {
  const folder = mkdtempSync(join(tmpdir(), "reference-service-"));
  const bundle = join(folder, "service.cjs");
  await bundleService(bundle);
  const children: ChildProcess[] = [];

  /** Runs the service with this environment alone, and no other of this process. */
  function spawnService(env: Record<string, string>, preload: string[] = []) {
    const child = spawn(process.execPath, [...preload, bundle], {
      env,
      stdio: ["ignore", "pipe", "pipe", "ipc"],
    });
    children.push(child);
    const chunks: string[] = [];
    const news = new EventEmitter();
    for (const stream of [child.stdout, child.stderr])
      stream?.on("data", (chunk) => {
        chunks.push(String(chunk));
        news.emit("more");
      });
    const output = () => chunks.join("");
    let isOver = false;
    const exited = once(child, "close").then(([code]) => {
      isOver = true;
      news.emit("more");
      return code as number | null;
    });

    async function printed(text: string, times = 1): Promise<void> {
      while (output().split(text).length <= times) {
        if (isOver) throw new Error(`the service ended without "${text}":\n${output()}`);
        await once(news, "more");
      }
    }

    async function pass(milliseconds: number): Promise<void> {
      const passed = once(child, "message");
      child.send(milliseconds);
      await Promise.race([passed, exited]);
    }

    return { output, printed, pass, exited, kill: (signal: NodeJS.Signals) => void child.kill(signal) };
  }

  /** Resolves when the service listens. */
  async function start(env: Record<string, string> = {}, preload?: string[]) {
    const port = await closedPort();
    const service = spawnService({ SERVICE_NAME: "trial-service", PORT: String(port), ...env }, preload);
    await service.printed("Server listening at");
    return { url: `http://127.0.0.1:${port}`, ...service };
  }

  const startTimed = (env: Record<string, string> = {}): Promise<TimedService> =>
    start(env, ["--import", `data:text/javascript,${encodeURIComponent(CLOCK)}`]);

  function end(): void {
    for (const child of children) if (child.exitCode === null) child.kill("SIGKILL");
    rmSync(folder, { recursive: true });
  }

  return {
    start: (env?: Record<string, string>): Promise<RunningService> => start(env),
    startTimed,
    spawnService,
    end,
  };
}

/** The status of a GET, or undefined when the connection is refused. */
export async function statusOf(url: string): Promise<number | undefined> {
  try {
    const response = await fetch(url);
    await response.arrayBuffer();
    return response.status;
  } catch (error) {
    if (error instanceof TypeError) return undefined;
    throw error;
  }
}
