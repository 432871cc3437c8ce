import { type ChildProcess, spawn } from "node:child_process";
import { generateKeyPairSync } from "node:crypto";
import { createWriteStream, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import https from "node:https";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { toolchain } from "../../embedded/toolchain";

const START_TIMEOUT = 180_000;
const STOP_TIMEOUT = 10_000;
const TOKEN = "of-a-test";

/**
 * A real control plane for tests, without a node: etcd, kube-apiserver and kube-controller-manager on free ports of the loopback,
 * with everything in one temporary folder. Pods stay pending.
 */
export class ApiServer {
  readonly kubeconfig: string;
  private readonly processes: ChildProcess[] = [];

  private constructor(
    private readonly folder: string,
    readonly url: string,
  ) {
    this.kubeconfig = join(folder, "kubeconfig");
    writeFileSync(this.kubeconfig, kubeconfigOf(url));
  }

  static async start(): Promise<ApiServer> {
    const [api, etcd, peer] = await Promise.all([freePort(), freePort(), freePort()]);
    const server = new ApiServer(mkdtempSync(join(tmpdir(), "api-server-")), `https://127.0.0.1:${api}`);
    try {
      server.spawnAll(api, etcd, peer);
      await server.untilReady();
    } catch (error) {
      await server.stop();
      throw error;
    }
    return server;
  }

  async stop(): Promise<void> {
    await Promise.all(this.processes.reverse().map(end));
    rmSync(this.folder, { recursive: true, force: true });
  }

  /**
   * One request to the API server as its administrator.
   * @throws what the API server says when it refuses
   */
  async request<T = unknown>(method: string, path: string, body?: object): Promise<T> {
    const answer = await this.ask(method, path, body);
    return (answer ? JSON.parse(answer) : undefined) as T;
  }

  private ask(method: string, path: string, body?: object): Promise<string> {
    const type = method === "PATCH" ? "application/merge-patch+json" : "application/json";
    return new Promise((resolve, reject) => {
      const request = https.request(`${this.url}${path}`, {
        method,
        headers: { authorization: `Bearer ${TOKEN}`, "content-type": type },
        rejectUnauthorized: false,
        timeout: 30_000,
      });
      request.on("response", async (response) => {
        const answer = await text(response);
        if ((response.statusCode ?? 500) < 400) resolve(answer);
        else reject(new Error(`${method} ${path}: ${response.statusCode} ${answer}`));
      });
      request.on("timeout", () => request.destroy(new Error(`${method} ${path}: no answer`)));
      request.on("error", reject);
      request.end(body && JSON.stringify(body));
    });
  }

  private spawnAll(api: number, etcd: number, peer: number): void {
    const file = (name: string) => join(this.folder, name);
    const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
    writeFileSync(file("sa.key"), privateKey.export({ type: "pkcs8", format: "pem" }), { mode: 0o600 });
    writeFileSync(file("sa.pub"), publicKey.export({ type: "spki", format: "pem" }));
    writeFileSync(file("tokens.csv"), `${TOKEN},admin,admin,system:masters\n`, { mode: 0o600 });

    const store = `http://127.0.0.1:${etcd}`;
    const peers = `http://127.0.0.1:${peer}`;
    this.spawn("etcd", "etcd", [
      `--data-dir=${file("etcd")}`,
      `--listen-client-urls=${store}`,
      `--advertise-client-urls=${store}`,
      `--listen-peer-urls=${peers}`,
      `--initial-advertise-peer-urls=${peers}`,
      `--initial-cluster=default=${peers}`,
    ]);
    this.spawn("kube-apiserver", toolchain().path("kube-apiserver"), [
      `--etcd-servers=${store}`,
      "--bind-address=127.0.0.1",
      `--secure-port=${api}`,
      `--cert-dir=${file("certificates")}`,
      `--token-auth-file=${file("tokens.csv")}`,
      "--authorization-mode=RBAC",
      "--service-cluster-ip-range=10.0.0.0/24",
      "--service-account-issuer=https://kubernetes.default.svc",
      `--service-account-key-file=${file("sa.pub")}`,
      `--service-account-signing-key-file=${file("sa.key")}`,
      "--disable-admission-plugins=ServiceAccount",
    ]);
    this.spawn("kube-controller-manager", toolchain().path("kube-controller-manager"), [
      `--kubeconfig=${this.kubeconfig}`,
      `--service-account-private-key-file=${file("sa.key")}`,
      "--leader-elect=false",
      "--secure-port=0",
      "--kube-api-qps=200",
      "--kube-api-burst=400",
      "--concurrent-gc-syncs=5",
    ]);
  }

  private spawn(name: string, command: string, args: string[]): void {
    const log = createWriteStream(join(this.folder, `${name}.log`));
    const child = spawn(command, args, { stdio: ["ignore", "pipe", "pipe"] });
    child.stdout.pipe(log);
    child.stderr.pipe(log);
    this.processes.push(child);
  }

  private async untilReady(): Promise<void> {
    const until = Date.now() + START_TIMEOUT;
    for (;;) {
      try {
        await this.ask("GET", "/readyz");
        await this.request("GET", "/api/v1/namespaces/default/serviceaccounts/default");
        return;
      } catch (error) {
        const dead = this.processes.find(({ exitCode }) => exitCode !== null);
        if (dead || Date.now() > until) throw new Error(`no control plane: ${error}\n${this.logs()}`);
        await pause(200);
      }
    }
  }

  private logs(): string {
    const names = ["etcd", "kube-apiserver", "kube-controller-manager"];
    return names
      .map((name) => readFileSync(join(this.folder, `${name}.log`), "utf8").slice(-2000))
      .join("\n");
  }
}

let starting: Promise<ApiServer> | undefined;

after(async () => {
  await (await starting)?.stop();
});

/** One control plane for all test files of a run. */
export function useApiServer(): { readonly current: ApiServer } {
  let server: ApiServer | undefined;
  before(async function () {
    this.timeout(START_TIMEOUT + 60_000);
    starting ??= ApiServer.start();
    server = await starting;
  });
  return {
    get current() {
      if (!server) throw new Error("the API server starts before the first test");
      return server;
    },
  };
}

/** Tries until it works; for what a controller does a moment later. */
export async function eventually<T>(attempt: () => Promise<T>, timeout = 60_000): Promise<T> {
  const until = Date.now() + timeout;
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (Date.now() > until) throw error;
      await pause(100);
    }
  }
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

function kubeconfigOf(server: string): string {
  return JSON.stringify({
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name: "test", cluster: { server, "insecure-skip-tls-verify": true } }],
    users: [{ name: "admin", user: { token: TOKEN } }],
    contexts: [{ name: "test", context: { cluster: "test", user: "admin" } }],
    "current-context": "test",
  });
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGTERM");
  const timer = setTimeout(() => child.kill("SIGKILL"), STOP_TIMEOUT);
  await ended;
  clearTimeout(timer);
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() =>
        address && typeof address === "object" ? resolve(address.port) : reject(new Error("no port")),
      );
    });
  });
}
