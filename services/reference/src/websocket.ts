import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import type { FastifyInstance } from "fastify";
import { type WebSocket, WebSocketServer } from "ws";

const PATH = "/ws/echo";
/** Bytes of a message; more ends the connection. */
const MAX_MESSAGE = 64 * 1024;
/** Milliseconds between two looks whether a client is still there. */
const HEARTBEAT = 30_000;
/** Milliseconds that clients have to end a connection that the server wants to end. */
const CLOSE_TIMEOUT = 1_000;
/** RFC 6455, 7.4.1: the server is going down; clients connect again, to another replica. */
const GOING_AWAY = 1001;

/** `/ws/echo`: a WebSocket that sends back what it is sent, to show that upgrades reach the service. */
export function webSocketRoutes(app: FastifyInstance): void {
  const server = new WebSocketServer({ noServer: true, maxPayload: MAX_MESSAGE, perMessageDeflate: false });
  const silent = new WeakSet<WebSocket>();

  server.on("connection", (socket) => {
    socket.on("error", (err) => app.log.debug({ err }, "a WebSocket was lost"));
    socket.on("pong", () => silent.delete(socket));
    socket.on("message", (data, binary) => socket.send(data, { binary }));
  });
  const heartbeat = setInterval(endSilent, HEARTBEAT).unref();

  app.server.on("upgrade", (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    if (request.url?.replace(/\?.*$/s, "") !== PATH) {
      socket.end("HTTP/1.1 404 Not Found\r\nconnection: close\r\ncontent-length: 0\r\n\r\n");
      return;
    }
    server.handleUpgrade(request, socket, head, (client) => server.emit("connection", client, request));
  });
  // The HTTP server waits for these connections too, and would wait for ever.
  app.addHook("preClose", async () => {
    clearInterval(heartbeat);
    for (const client of server.clients) client.close(GOING_AWAY, "restarting");
    setTimeout(() => {
      for (const client of server.clients) client.terminate();
    }, CLOSE_TIMEOUT).unref();
  });

  /** A client that is gone without closing its connection would keep it for ever. */
  function endSilent(): void {
    for (const client of server.clients) {
      if (silent.has(client)) {
        client.terminate();
        continue;
      }
      silent.add(client);
      client.ping();
    }
  }
}
