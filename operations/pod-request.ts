import { request } from "node:http";
import { Duplex, PassThrough } from "node:stream";
import { type KubeConfig, PortForward } from "@kubernetes/client-node";

/** A pod's own port. */
export interface PodPort {
  namespace: string;
  pod: string;
  port: number;
}

export interface PodAnswer {
  status: number;
  body: string;
}

/**
 * Asks a pod over HTTP at its own loopback, as `kubectl port-forward` does: past every Service, and past the sidecar,
 * which lets no client in from outside the mesh.
 * @param timeout milliseconds
 * @throws when the pod is not there, does not listen, or does not answer in time
 */
export async function askPod(
  cluster: KubeConfig,
  { namespace, pod, port }: PodPort,
  path: string,
  timeout = 10_000,
): Promise<PodAnswer> {
  const sent = new PassThrough();
  const received = new PassThrough();
  const complaints = new PassThrough();
  const forward = new PortForward(cluster, true);
  const socket = await forward.portForward(namespace, pod, [port], received, complaints, sent);
  let late: NodeJS.Timeout | undefined;
  try {
    return await new Promise<PodAnswer>((resolve, reject) => {
      complaints.on("data", (text) => reject(new Error(`${namespace}/${pod}: ${String(text).trim()}`)));
      const call = request(
        {
          path,
          timeout,
          headers: { host: `localhost:${port}`, connection: "close" },
          createConnection: () => Duplex.from({ readable: received, writable: sent }),
        },
        async (response) => {
          try {
            const body = (await response.toArray()).join("");
            resolve({ status: response.statusCode ?? 0, body });
          } catch (error) {
            reject(error as Error);
          }
        },
      );
      late = setTimeout(
        () => call.destroy(new Error(`${namespace}/${pod}${path}: no answer in ${timeout / 1000} s`)),
        timeout,
      );
      call.on("error", reject);
      call.end();
    });
  } finally {
    clearTimeout(late);
    if ("close" in socket) socket.close();
    else socket()?.close();
  }
}
