import { request as httpRequest } from "node:http";
import { type Agent, request as httpsRequest } from "node:https";
import { output } from "./stack";

export interface Answer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  body: any;
}

/** A request through a front door. */
type Call = (
  method: string,
  path: string,
  body?: unknown,
  headers?: Record<string, string>,
) => Promise<Answer>;

/**
 * Requests through a stack's nginx over TLS, as a user outside the cluster sends them; the stack's certificate is
 * verified.
 * @param agent whose connections to use. @default Node's own, as many as there are requests
 */
export const callsTo = (stack: string, agent?: Agent): Call =>
  callsAt(() => Promise.all([output("url", stack), output("certificate", stack)]), agent);

/** The same through a front door that is found out at the first request. */
export function callsAt(find: () => Promise<[url: string, certificate: string]>, agent?: Agent): Call {
  let door: ReturnType<typeof find> | undefined;
  return async (method, path, body, headers) => {
    door ??= find();
    const [base, ca] = await door;
    // Joined by hand: a path of two slashes would be a host.
    const url = new URL(base + path);
    return send(httpsRequest, method, url, body, { agent, ca, servername: url.hostname, headers });
  };
}

/** A request to malai. */
export const call = callsTo("dev");

/** A request to the plain node port, without following where it leads. */
export const callPlain = (path: string): Promise<Answer> =>
  send(httpRequest, "GET", new URL(path, "http://malai.localhost:30080"));

function send(
  request: typeof httpsRequest,
  method: string,
  url: URL,
  body?: unknown,
  {
    headers,
    ...options
  }: {
    agent?: Agent;
    ca?: string;
    servername?: string;
    headers?: Record<string, string>;
  } = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const call = request(
      {
        ...options,
        host: "127.0.0.1",
        port: url.port,
        path: url.pathname + url.search,
        method,
        timeout: 15_000,
        headers: {
          host: url.host,
          ...(body !== undefined && { "content-type": "application/json" }),
          ...headers,
        },
      },
      async (response) => {
        const text = (await response.toArray()).join("");
        const json = response.headers["content-type"]?.includes("json");
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          body: json ? JSON.parse(text) : text,
        });
      },
    );
    call.on("timeout", () => call.destroy(new Error(`${method} ${url}: no answer in 15 s`)));
    call.on("error", reject);
    call.end(body === undefined ? undefined : JSON.stringify(body));
  });
}
