import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
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
  kill: (signal: NodeJS.Signals) => void;
  /** Resolves with the exit code. */
  exited: Promise<number | null>;
}

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
  function spawnService(env: Record<string, string>) {
    const child = spawn(process.execPath, [bundle], { env, stdio: ["ignore", "pipe", "pipe"] });
    children.push(child);
    const printed: string[] = [];
    for (const stream of [child.stdout, child.stderr])
      stream.on("data", (chunk) => printed.push(String(chunk)));
    return {
      output: () => printed.join(""),
      kill: (signal: NodeJS.Signals) => void child.kill(signal),
      exited: once(child, "close").then(([code]) => code as number | null),
    };
  }

  /** Resolves when the service answers. */
  async function start(env: Record<string, string> = {}): Promise<RunningService> {
    const port = await closedPort();
    const service = spawnService({ SERVICE_NAME: "trial-service", PORT: String(port), ...env });
    const url = `http://127.0.0.1:${port}`;
    const deadline = Date.now() + 10_000;
    while ((await statusOf(`${url}/health/live`)) !== 200) {
      if (Date.now() > deadline) throw new Error(`the service did not start:\n${service.output()}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    return { url, ...service };
  }

  function end(): void {
    for (const child of children) if (child.exitCode === null) child.kill("SIGKILL");
    rmSync(folder, { recursive: true });
  }

  return { start, spawnService, end };
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
