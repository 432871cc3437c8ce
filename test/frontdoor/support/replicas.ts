import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { type WebSocket, WebSocketServer } from "ws";
import { freePorts } from "./ports";

/** What a replica answers: who it is, and what has reached it. */
export interface Echo {
  replica: string;
  url: string;
  headers: Record<string, string>;
}

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

/** One replica of a service: an HTTP server on a loopback address of its own. */
export class Replica {
  /** Requests that have reached it, as method and path. */
  readonly seen: string[] = [];
  private server?: Server;

  constructor(
    readonly host: string,
    readonly port: number,
  ) {}

  get address(): string {
    return `${this.host}:${this.port}`;
  }

  /** What it does with a request. @default says who it is */
  handler: Handler = (request, response) => this.echo(request, response);

  async start(): Promise<void> {
    const server = createServer({ maxHeaderSize: 1 << 17 }, (request, response) => {
      this.seen.push(`${request.method} ${request.url}`);
      this.handler(request, response);
    });
    const webSockets = new WebSocketServer({ server });
    webSockets.on("connection", (socket: WebSocket) => {
      socket.on("message", (message) => socket.send(`${this.host} heard ${message}`));
    });
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject).listen(this.port, this.host, resolve);
    });
    this.server = server;
  }

  /** Ends at once, connections included, as a process that is killed. */
  async stop(): Promise<void> {
    const server = this.server;
    if (!server) return;
    this.server = undefined;
    const closed = new Promise((resolve) => server.close(resolve));
    server.closeAllConnections();
    await closed;
  }

  echo(request: IncomingMessage, response: ServerResponse): void {
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify({ replica: this.host, url: request.url, headers: request.headers }));
  }
}

/** Replicas on neighbouring loopback addresses, all on one port, as the pods of a service are. */
export async function startReplicas(count: number): Promise<Replica[]> {
  const [port = 0] = await freePorts(1);
  const replicas = Array.from({ length: count }, (_, index) => new Replica(`127.0.9.${index + 1}`, port));
  await Promise.all(replicas.map((replica) => replica.start()));
  return replicas;
}
