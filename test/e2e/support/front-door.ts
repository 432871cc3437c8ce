import { request as httpRequest } from "node:http";
import { request as httpsRequest } from "node:https";
import { output } from "./stack";

export interface Answer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  body: any;
}

let certificate: Promise<string> | undefined;

/** A request through nginx over TLS, as a user outside the cluster sends it; the stack's certificate is verified. */
export async function call(method: string, path: string, body?: unknown): Promise<Answer> {
  certificate ??= output("certificate");
  const url = new URL(path, await output("url"));
  return send(httpsRequest, method, url, body, { ca: await certificate, servername: url.hostname });
}

/** A request to the plain port, without following where it leads. */
export const callPlain = (path: string): Promise<Answer> =>
  send(httpRequest, "GET", new URL(path, "http://malai.localhost:8080"));

function send(
  request: typeof httpsRequest,
  method: string,
  url: URL,
  body?: unknown,
  options: { ca?: string; servername?: string } = {},
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
        headers: { host: url.host, ...(body !== undefined && { "content-type": "application/json" }) },
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
