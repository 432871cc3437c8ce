import { Load } from "../../../bench/load/load";
import { environment } from "./stack";

/** Requests a second on the way gateway → auth-service: what the metrics are measured under. */
export const RATE = 120;

/**
 * A constant load on malai's front door from inside the cluster, bounded in time.
 * @param duration seconds at the most
 * @param rate requests a second
 */
export const loadDev = (duration: number, headers: Record<string, string> = {}, rate = RATE): Promise<Load> =>
  Load.start({
    namespace: "platform-load",
    name: `load-${Math.random().toString(36).slice(2, 7)}`,
    image: "docker.io/malai/auth-service:1.0.0",
    env: environment,
    // Each client may send 50 a second.
    pods: 4,
    orders: {
      url: "https://nginx.malai.svc.cluster.local/api/auth/whoami",
      servername: "malai.localhost",
      headers: { host: "malai.localhost", ...headers },
      rate,
      // nginx ends a connection after a thousand requests.
      connections: 16,
      duration,
    },
  });
