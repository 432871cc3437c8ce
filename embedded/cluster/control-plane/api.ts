import { readFileSync } from "node:fs";
import type { IncomingMessage } from "node:http";
import https from "node:https";
import { createInterface } from "node:readline";
import { text } from "node:stream/consumers";
import { apiUrl } from "../network/ports";
import { certificate, type IdentityName, privateKey } from "./identities";

/** The API server refused a request. */
export class ApiFailure extends Error {
  constructor(
    readonly status: number,
    request: string,
    message: string,
  ) {
    super(`${request}: ${status} ${message}`);
    this.name = "ApiFailure";
  }
}

/** What the node reads of any object. */
export interface KubernetesObject {
  apiVersion: string;
  kind: string;
  metadata: { name: string; namespace?: string; [field: string]: unknown };
  [field: string]: unknown;
}

/** One change that a watch reports. */
export interface WatchEvent<T> {
  type: "ADDED" | "MODIFIED" | "DELETED" | "BOOKMARK" | "ERROR";
  object: T;
}

/** Under which name our changes are recorded. */
export const fieldManager = "embedded-cluster";

const TIMEOUT = 10_000;

/**
 * The few calls that the node itself makes. Plain HTTPS: the client library costs a second at every start, and
 * doubles the memory of the volume provisioner.
 */
export class Api {
  readonly #agent: https.Agent;

  constructor(identity: IdentityName) {
    this.#agent = new https.Agent({
      keepAlive: true,
      ca: readFileSync(certificate("cluster-ca")),
      cert: readFileSync(certificate(identity)),
      key: readFileSync(privateKey(identity)),
    });
  }

  get<T>(path: string): Promise<T> {
    return this.#request("GET", path);
  }

  post<T>(path: string, body: unknown): Promise<T> {
    return this.#request("POST", path, body);
  }

  delete(path: string): Promise<void> {
    return this.#request("DELETE", path);
  }

  /** Creates the object or makes it so, whoever else changed it (server-side apply). */
  apply(object: KubernetesObject): Promise<void> {
    const query = `fieldManager=${fieldManager}&force=true`;
    return this.#request("PATCH", `${pathOf(object)}?${query}`, object, "application/apply-patch+yaml");
  }

  /** Changes from a resource version on, until the server ends the watch. */
  async *watch<T>(path: string, resourceVersion: string): AsyncGenerator<WatchEvent<T>> {
    const seconds = 300;
    const query = `watch=1&resourceVersion=${resourceVersion}&timeoutSeconds=${seconds}`;
    const separator = path.includes("?") ? "&" : "?";
    const response = await this.#open("GET", `${path}${separator}${query}`, (seconds + 30) * 1000);
    if (response.statusCode !== 200) throw await failureOf(response, `watch ${path}`);
    for await (const line of createInterface(response)) yield JSON.parse(line);
  }

  /** Closes the connections, so that the process can end. */
  close(): void {
    this.#agent.destroy();
  }

  async #request<T>(method: string, path: string, body?: unknown, contentType?: string): Promise<T> {
    const response = await this.#open(method, path, TIMEOUT, body, contentType);
    if (response.statusCode && response.statusCode >= 300)
      throw await failureOf(response, `${method} ${path}`);
    return JSON.parse(await text(response));
  }

  #open(
    method: string,
    path: string,
    timeout: number,
    body?: unknown,
    contentType = "application/json",
  ): Promise<IncomingMessage> {
    return new Promise((resolve, reject) => {
      const headers = body === undefined ? {} : { "content-type": contentType };
      const request = https.request(`${apiUrl}${path}`, { method, agent: this.#agent, headers, timeout });
      request.on("response", resolve);
      request.on("timeout", () =>
        request.destroy(new Error(`${method} ${path}: no answer for ${timeout} ms`)),
      );
      request.on("error", reject);
      request.end(body === undefined ? undefined : JSON.stringify(body));
    });
  }
}

async function failureOf(response: IncomingMessage, request: string): Promise<ApiFailure> {
  const said = await text(response);
  const message = said.startsWith("{") ? JSON.parse(said).message : said;
  return new ApiFailure(response.statusCode ?? 0, request, message);
}

/** Where the API server has an object: its kind in the plural, below its namespace if it has one. Pure. */
export function pathOf({ apiVersion, kind, metadata: { namespace, name } }: KubernetesObject): string {
  const group = apiVersion.includes("/") ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  const plural = `${kind.toLowerCase()}${kind.endsWith("s") ? "es" : "s"}`;
  return [group, ...(namespace ? ["namespaces", namespace] : []), plural, name].join("/");
}
