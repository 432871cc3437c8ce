/**
 * Runs in a pod: sends requests at a constant rate for a bounded time, and prints one line of JSON a second with what
 * came back, by the version that has answered.
 */
import autocannon from "autocannon";

/** One second, as one pod has seen it. */
export interface Second {
  /** Seconds since 1970. */
  time: number;
  /** Milliseconds of each answer below 500, by the version that gave it. */
  answered: Record<string, number[]>;
  /** How often each status from 500 on came, or no answer at all (`error: …`). */
  failed: Record<string, number>;
}

/** What the pod is told, as JSON in the environment variable LOAD. */
export interface Orders {
  url: string;
  /** Name in the certificate, which the generator does not verify. */
  servername?: string;
  headers: Record<string, string>;
  /** Requests a second. */
  rate: number;
  connections: number;
  /** Seconds. */
  duration: number;
}

/** Whoever answers says so in its body. */
const VERSION = /"version":"([^"]+)"/;

const { url, servername, headers, rate, connections, duration }: Orders = JSON.parse(process.env.LOAD ?? "");

let current = empty();
const timer = setInterval(print, 1000);

const options: autocannon.Options = {
  url,
  headers,
  connections,
  overallRate: rate,
  duration,
  timeout: 15,
  tlsOptions: { rejectUnauthorized: false, servername },
  // A request that is late is late, and none of those that wait behind it.
  ignoreCoordinatedOmission: true,
  setupClient: (client) => listen(client as unknown as NodeJS.EventEmitter),
};
// With a function to call in the end it is an emitter, and no promise.
const load = autocannon(options, (error) => {
  clearInterval(timer);
  print();
  if (error) throw error;
});
load.on("reqError", (error: Error) => count(`error: ${error.message}`));
process.on("SIGTERM", () => load.stop?.());

function listen(client: NodeJS.EventEmitter): void {
  let body = "";
  client.on("body", (text: Buffer) => {
    body = String(text);
  });
  client.on("response", (status: number, _bytes: number, milliseconds: number) => {
    if (status >= 500) count(String(status));
    else answered(VERSION.exec(body)?.[1] ?? String(status), milliseconds);
    body = "";
  });
}

function answered(version: string, milliseconds: number): void {
  const times = current.answered[version] ?? [];
  current.answered[version] = times;
  times.push(Math.round(milliseconds));
}

function count(what: string): void {
  current.failed[what] = (current.failed[what] ?? 0) + 1;
}

function empty(): Second {
  return { time: Math.floor(Date.now() / 1000), answered: {}, failed: {} };
}

function print(): void {
  console.log(JSON.stringify(current));
  current = empty();
}
