import http from "node:http";
import https from "node:https";
import { createInterface } from "node:readline";
import type { KubeConfig } from "@kubernetes/client-node";
import type { Properties } from "../protocol/index";
import { deadline } from "./deadline";
import { ApiError, type ApiStatus, UnreachableError } from "./errors";
import { createLimiter } from "./limiter";

export interface RequestOptions {
  query?: Record<string, string | undefined>;
  body?: unknown;
  /** @default "application/json" */
  contentType?: string;
  signal?: AbortSignal;
  /** Receives what the API server warns of: deprecated versions, unknown fields. */
  onWarning?: (text: string) => void;
}

export interface ClientLimits {
  /** Requests a second. @default no limit */
  qps?: number;
  /** How many may go out at once before `qps` counts. @default 10, where there is a qps */
  burst?: number;
  /** Seconds that one request may take. */
  timeout: number;
}

/** Idle connections kept for the next request; more than that many at once are opened when they are needed. */
const IDLE_CONNECTIONS = 32;

/** Speaks to one API server over connections that stay open. */
export class Client {
  readonly server: string;
  private credentials?: Promise<https.RequestOptions>;
  private readonly limit: () => Promise<void>;

  constructor(
    private readonly kubeConfig: KubeConfig,
    private readonly limits: ClientLimits,
  ) {
    this.server = kubeConfig.getCurrentCluster()?.server ?? "";
    this.limit = createLimiter(limits.qps, limits.burst);
  }

  /**
   * One request, with the answer parsed.
   * @throws {ApiError} when the server refuses, {@link UnreachableError} when there is no answer
   */
  async request<T = Properties>(method: string, path: string, options: RequestOptions = {}): Promise<T> {
    return JSON.parse(await this.text(method, path, options)) as T;
  }

  /** One request, with the answer as it came. */
  async text(method: string, path: string, options: RequestOptions = {}): Promise<string> {
    await this.limit();
    const patience = deadline(options.signal, this.limits.timeout);
    try {
      const response = await this.open(method, path, { ...options, signal: patience.signal });
      return await bodyOf(response);
    } catch (error) {
      if (patience.expired) {
        throw new UnreachableError(this.server, new Error(`no answer in ${this.limits.timeout} s`));
      }
      throw error;
    } finally {
      patience.end();
    }
  }

  /** Lines of an answer that does not end by itself, one JSON document each. Ends when the server ends it. */
  async *lines(
    path: string,
    query: Record<string, string | undefined>,
    signal: AbortSignal,
  ): AsyncGenerator<string> {
    const response = await this.open("GET", path, { query, signal });
    // Without this a connection that dies while the generator waits would be an unhandled error.
    response.on("error", () => {});
    yield* createInterface({ input: response, crlfDelay: Number.POSITIVE_INFINITY });
  }

  private async open(method: string, path: string, options: RequestOptions): Promise<http.IncomingMessage> {
    const response = await this.send(method, path, options);
    for (const warning of warningsOf(response)) options.onWarning?.(warning);
    const code = response.statusCode ?? 0;
    if (code < 400) return response;
    throw new ApiError(code, statusOf(await bodyOf(response)));
  }

  private async send(method: string, path: string, options: RequestOptions): Promise<http.IncomingMessage> {
    this.credentials ??= this.loadCredentials();
    const credentials = await this.credentials;
    const url = new URL(path, this.server.endsWith("/") ? this.server : `${this.server}/`);
    for (const [key, value] of Object.entries(options.query ?? {})) {
      if (value !== undefined) url.searchParams.set(key, value);
    }
    const body = options.body === undefined ? undefined : Buffer.from(JSON.stringify(options.body));
    const headers: http.OutgoingHttpHeaders = {
      accept: "application/json",
      ...(credentials.headers as http.OutgoingHttpHeaders | undefined),
      ...(body && {
        "content-type": options.contentType ?? "application/json",
        "content-length": body.length,
      }),
    };
    const { request } = url.protocol === "http:" ? http : https;
    return new Promise((resolve, reject) => {
      const outgoing = request(
        url,
        { method, headers, agent: credentials.agent, auth: credentials.auth, signal: options.signal },
        resolve,
      );
      outgoing.on("error", (error) => reject(new UnreachableError(this.server, error)));
      outgoing.end(body);
    });
  }

  /** Certificates, tokens and proxy as the kubeconfig says; asked once, as a plugin lives for one command. */
  private async loadCredentials(): Promise<https.RequestOptions> {
    const options: https.RequestOptions = { headers: {} };
    await this.kubeConfig.applyToHTTPSOptions(options);
    // A proxy brings an agent of its own kind.
    if (this.kubeConfig.getCurrentCluster()?.proxyUrl) return options;
    const pool = { keepAlive: true, maxFreeSockets: IDLE_CONNECTIONS, noDelay: true };
    if (this.server.startsWith("http:")) return { ...options, agent: new http.Agent(pool) };
    const { ca, cert, key, pfx, passphrase, rejectUnauthorized, servername } = options;
    return {
      ...options,
      agent: new https.Agent({ ...pool, ca, cert, key, pfx, passphrase, rejectUnauthorized, servername }),
    };
  }
}

async function bodyOf(response: http.IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

/** Warning headers look like `299 - "text"`; several are joined by a comma. */
function warningsOf(response: http.IncomingMessage): string[] {
  const header = response.headers.warning;
  if (!header) return [];
  return [...header.matchAll(/299 \S+ "((?:[^"\\]|\\.)*)"/g)].map(([, text = ""]) =>
    text.replace(/\\(.)/g, "$1"),
  );
}

function statusOf(body: string): ApiStatus {
  try {
    return JSON.parse(body) as ApiStatus;
  } catch {
    // A proxy in between answers in plain text.
    return { message: body.trim() };
  }
}
