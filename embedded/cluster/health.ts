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

function answers(url: string): Promise<boolean> {
  return new Promise((resolve) => {
    const get = url.startsWith("https:") ? https.get : http.get;
    // Some daemons sign their own certificate at every start; nothing is sent and nothing but 200 is read.
    const request = get(url, {
      timeout: TIMEOUT,
      agent: false,
      rejectUnauthorized: false,
    } as https.RequestOptions);
    request.on("response", (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    request.on("timeout", () => request.destroy());
    request.on("error", () => resolve(false));
    request.on("close", () => resolve(false));
  });
}

function accepts(target: NetConnectOpts): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ ...target, timeout: TIMEOUT });
    const settle = (accepted: boolean) => () => {
      resolve(accepted);
      socket.destroy();
    };
    socket.on("connect", settle(true));
    socket.on("timeout", settle(false));
    socket.on("error", settle(false));
  });
}
