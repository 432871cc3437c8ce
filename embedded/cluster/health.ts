import { once } from "node:events";
import http from "node:http";
import https from "node:https";
import { connect, type NetConnectOpts } from "node:net";

/** How to see that a daemon works: a URL that answers 200, or a port or socket that accepts connections. */
export type Health = { url: string } | { port: number; host: string } | { path: string };

/** Milliseconds. */
const TIMEOUT = 2000;

/** Asks once. */
export function isHealthy(health: Health): Promise<boolean> {
  return "url" in health ? answers(health.url) : accepts(health);
}

async function answers(url: string): Promise<boolean> {
  const get = url.startsWith("https:") ? https.get : http.get;
  // Some daemons sign their own certificate at every start; nothing is sent and nothing but 200 is read.
  const options: https.RequestOptions = { timeout: TIMEOUT, agent: false, rejectUnauthorized: false };
  return (await statusOf(get(url, options)).catch(() => undefined)) === 200;
}

/**
 * The status that a request is answered with.
 * @throws when the server cannot be reached, or does not answer in the request's time
 */
export function statusOf(request: http.ClientRequest): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    request.on("response", (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    request.on("timeout", () => request.destroy(new Error("no answer")));
    request.on("error", reject);
  });
}

async function accepts(target: NetConnectOpts): Promise<boolean> {
  const socket = connect({ ...target, timeout: TIMEOUT });
  socket.on("timeout", () => socket.destroy(new Error("no answer")));
  const connected = once(socket, "connect").then(
    () => true,
    () => false,
  );
  return connected.finally(() => socket.destroy());
}
