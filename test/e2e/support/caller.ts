import { NAMESPACE, podsOf } from "./cluster";
import { succeed } from "./stack";

/** Requests that a container of the mesh sends, by way of its own sidecar. */
export interface Calls {
  url: string;
  method?: "GET" | "POST";
  headers?: Record<string, string>;
  /** How many. */
  count: number;
  /** How many at once. */
  parallel: number;
  /** Milliseconds between the starts of two, of each of those at once. @default 0 */
  every?: number;
}

/** What came back. */
export interface Called {
  /** How often each status came; 0 is no answer. */
  statuses: Record<string, number>;
  /** How often the mesh itself turned a request away because there were too many. */
  overloaded: number;
  /** Milliseconds of each. */
  times: number[];
}

/** Runs in the container: plain JavaScript, all of whose input is in the environment. */
const script = `
const { url, method = "GET", headers = {}, count, parallel, every = 0 } = JSON.parse(process.argv[1]);
const statuses = {}, times = [];
let left = count, overloaded = 0;
async function caller() {
  while (left-- > 0) {
    const start = Date.now();
    let status = 0;
    try {
      const response = await fetch(url, { method, headers, signal: AbortSignal.timeout(30000) });
      status = response.status;
      if (response.headers.get("x-envoy-overloaded")) overloaded++;
      await response.text();
    } catch {
      // Cut, too, is no answer.
      status = 0;
    }
    statuses[status] = (statuses[status] ?? 0) + 1;
    times.push(Date.now() - start);
    if (every) await new Promise((resolve) => setTimeout(resolve, Math.max(0, every - (Date.now() - start))));
  }
}
Promise.all(Array.from({ length: parallel }, caller)).then(() =>
  console.log(JSON.stringify({ statuses, overloaded, times })));
`;

/** Has a service of malai call something. */
export async function callFrom(service: string, calls: Calls): Promise<Called> {
  const [pod = ""] = await podsOf(service);
  const command = ["node", "-e", script, JSON.stringify(calls)];
  const said = await succeed("kubectl", "-n", NAMESPACE, "exec", pod, "-c", service, "--", ...command);
  return JSON.parse(said.slice(said.indexOf("{")));
}

/** Milliseconds within which a share of them came back. */
export function quantileOf({ times }: Called, share: number): number {
  const sorted = [...times].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
}
