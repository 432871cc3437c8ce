import { type ChildProcess, spawn } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { type ClientRequest, type IncomingMessage, request as plain, type RequestOptions } from "node:http";
import { request as secure } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Layout } from "../../../components/frontdoor/layout";
import { metricsPage } from "../../../components/frontdoor/nginx";
import { nginxConfig } from "../../../components/frontdoor/nginx-config";
import type { RouteTable } from "../../../components/frontdoor/routes";
import { SERVER_PARAMETERS } from "../../../components/frontdoor/upstreams";
import { until } from "../../support/until";
import { ensureNginx } from "./binary";
import { mountCertificate, selfSigned } from "./certificate";
import { freePorts } from "./ports";

/** An answer of the front door. */
export interface Answer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  body: string;
}

export interface Question {
  method?: string;
  headers?: Record<string, string>;
  body?: string;
  /** Loopback address that the request comes from. @default 127.0.0.1 */
  from?: string;
}

/** A limit that no test reaches by accident. */
export const unlimited = { requestsPerSecond: 10_000, burst: 10_000 };

/** A real nginx on loopback ports, with the configuration that the cluster would get for a route table. */
export class FrontDoorUnderTest {
  private constructor(
    readonly table: RouteTable,
    readonly folder: string,
    readonly layout: Layout,
    readonly certificate: string,
    private readonly process: ChildProcess,
  ) {}

  /**
   * @param servers addresses with ports of the replicas, by service; the others have none
   * @param edit changes the configuration, where its own would have the clock decide
   */
  static async start(
    table: RouteTable,
    servers: Record<string, string[]> = {},
    edit?: (config: string) => string,
  ): Promise<FrontDoorUnderTest> {
    const binary = await ensureNginx();
    const site = await prepare(table, edit);
    for (const { service } of table.services) writeServers(site.layout, service, servers[service] ?? []);
    const process = spawn(binary, [...nginxArguments(site.folder), "-g", "daemon off;"], { stdio: "ignore" });
    return FrontDoorUnderTest.of(table, site, process);
  }

  /** The same for an nginx that something else starts. */
  static async of(
    table: RouteTable,
    { folder, layout, certificate }: Site,
    process: ChildProcess,
  ): Promise<FrontDoorUnderTest> {
    const door = new FrontDoorUnderTest(table, folder, layout, certificate, process);
    try {
      await door.until("it answers", async () => (await door.plain("/health")).status === 200);
    } catch (error) {
      await door.end();
      throw error;
    }
    return door;
  }

  /** Asks over HTTPS, on a connection of its own. */
  ask(path: string, question: Question = {}): Promise<Answer> {
    const { host } = this.table;
    const tls = { ca: this.certificate, servername: host };
    return this.send(
      (options, onResponse) => secure({ ...options, ...tls }, onResponse),
      this.layout.https,
      path,
      question,
    );
  }

  /** Asks over HTTP. */
  plain(path: string, question: Question = {}): Promise<Answer> {
    return this.send(plain, this.layout.http, path, question);
  }

  /** Which replica has answered. */
  async replica(path: string, question?: Question): Promise<string> {
    const { status, body } = await this.ask(path, question);
    if (status !== 200) throw new Error(`${path} was answered with ${status}: ${body}\n${this.errors()}`);
    return JSON.parse(body).replica;
  }

  accessLog(): string {
    return readFileSync(this.layout.accessLog, "utf8");
  }

  errors(): string {
    return readFileSync(this.layout.errorLog, "utf8");
  }

  /** Waits for a condition; a failed attempt is one that does not hold yet. */
  async until(what: string, condition: () => Promise<boolean>): Promise<void> {
    await until(what, 40, condition, (holds) => holds).catch(({ message }) => {
      throw new Error(`${message}\n${this.errors()}`);
    });
  }

  /** Ends it. Resolves when everything has ended that was started with it. */
  async end(): Promise<void> {
    const closed = new Promise((resolve) => this.process.once("close", resolve));
    if (this.process.exitCode === null && this.process.kill("SIGTERM")) await closed;
  }

  /** Ends it and removes its folder. */
  async stop(): Promise<void> {
    await this.end();
    await removeFolder(this.folder);
  }

  private send(
    request: (options: RequestOptions, onResponse: (response: IncomingMessage) => void) => ClientRequest,
    listen: string,
    path: string,
    { method = "GET", headers, body, from = "127.0.0.1" }: Question,
  ): Promise<Answer> {
    const [host, port] = listen.split(":");
    return new Promise((resolve, reject) => {
      const sent = request(
        {
          host,
          port,
          path,
          method,
          agent: false,
          // More than any header that nginx passes on.
          maxHeaderSize: 1 << 17,
          localAddress: from,
          headers: { host: this.table.host, ...headers },
        },
        (response) => {
          const chunks: Buffer[] = [];
          response.on("data", (chunk) => chunks.push(chunk));
          response.on("error", reject);
          response.on("end", () =>
            resolve({
              status: response.statusCode ?? 0,
              headers: response.headers,
              body: Buffer.concat(chunks).toString(),
            }),
          );
        },
      );
      sent.on("error", reject).end(body);
    });
  }
}

/** A folder with everything an nginx needs to start. */
export interface Site {
  folder: string;
  layout: Layout;
  certificate: string;
}

export async function prepare(table: RouteTable, edit = (config: string) => config): Promise<Site> {
  const folder = mkdtempSync(join(tmpdir(), "front-door-"));
  const [http, https, metrics, local] = await freePorts(4);
  const layout: Layout = {
    http: `127.0.0.1:${http}`,
    https: `127.0.0.1:${https}`,
    metrics: `127.0.0.1:${metrics}`,
    metricsPage: join(folder, "metrics.ssi"),
    local: `127.0.0.1:${local}`,
    tls: folder,
    upstreams: join(folder, "upstreams"),
    writable: folder,
    certificateMetrics: join(folder, "certificate.prom"),
    bodies: join(folder, "client_body"),
    accessLog: join(folder, "access.log"),
    errorLog: join(folder, "error.log"),
  };
  // nginx's workers have another account where this one is root.
  chmodSync(folder, 0o711);
  const pair = await selfSigned(table.host);
  const { certificate } = pair;
  mkdirSync(layout.upstreams);
  mountCertificate(folder, pair);
  writeFileSync(join(folder, "tls.key"), pair.key, { mode: 0o600 });
  writeFileSync(join(folder, "tls.crt"), certificate);
  // The worker, which is no root where the tests are, reads the page.
  chmodSync(folder, 0o755);
  writeFileSync(layout.metricsPage, metricsPage);
  writeFileSync(layout.errorLog, "");
  writeFileSync(join(folder, "nginx.conf"), edit(nginxConfig(table, layout)));
  return { folder, layout, certificate };
}

/** Whoever looks after the lists may still write one. */
export const removeFolder = (folder: string) =>
  rm(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });

/** Arguments that lead an nginx to its files. */
export const nginxArguments = (folder: string) => [
  ...["-p", folder],
  ...["-e", join(folder, "error.log")],
  ...["-c", join(folder, "nginx.conf")],
];

/** The lists of servers of a service, as discovery.sh writes them. */
function writeServers({ upstreams, local }: Layout, service: string, addresses: string[]): void {
  const list = (parameters: string) =>
    addresses.length > 0
      ? addresses.map((address) => `server ${address} ${parameters};\n`).join("")
      : `server ${local} max_fails=0;\n`;
  writeFileSync(join(upstreams, `${service}.conf`), list(SERVER_PARAMETERS));
  writeFileSync(join(upstreams, `${service}_any.conf`), list("max_fails=0"));
}
