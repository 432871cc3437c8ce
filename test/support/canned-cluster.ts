import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { KubeConfig } from "@kubernetes/client-node";

/** An API server that answers what it was told to, and 404 to everything else. */
export class CannedCluster {
  /** Answers by the path that is asked for; one that is a function is called at each question. */
  readonly answers: Record<string, object | (() => object)> = {};
  /** A log is no JSON. */
  readonly logs: Record<string, string> = {};
  readonly #server: Server = createServer((request, response) => {
    const [path = ""] = (request.url ?? "").split("?");
    const log = this.logs[path];
    if (log !== undefined) return response.end(log);
    const answer = this.answers[path];
    const body = typeof answer === "function" ? answer() : answer;
    response.writeHead(body ? 200 : 404, { "content-type": "application/json" });
    response.end(JSON.stringify(body ?? { kind: "Status", code: 404, message: `no ${path}` }));
  });

  async open(): Promise<KubeConfig> {
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
    const { port } = this.#server.address() as AddressInfo;
    const config = new KubeConfig();
    config.loadFromClusterAndUser(
      { name: "canned", server: `http://127.0.0.1:${port}`, skipTLSVerify: true },
      { name: "anonymous" },
    );
    return config;
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  /** What `kubectl get` of a namespace finds; kinds that are left out are empty. */
  namespace(name: string, lists: Partial<Record<keyof typeof LISTS, object[]>>): void {
    for (const [kind, path] of Object.entries(LISTS)) {
      const items = lists[kind as keyof typeof LISTS] ?? [];
      this.answers[`${path.replace("*", name)}`] = { items };
    }
  }
}

const LISTS = {
  pods: "/api/v1/namespaces/*/pods",
  events: "/api/v1/namespaces/*/events",
  deployments: "/apis/apps/v1/namespaces/*/deployments",
  statefulSets: "/apis/apps/v1/namespaces/*/statefulsets",
  daemonSets: "/apis/apps/v1/namespaces/*/daemonsets",
  jobs: "/apis/batch/v1/namespaces/*/jobs",
  autoscalers: "/apis/autoscaling/v2/namespaces/*/horizontalpodautoscalers",
};
