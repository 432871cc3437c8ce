import type { Balancing } from "../../model/routes";
import {
  cookieOf,
  HEADERS,
  HEALTH,
  KEEPALIVE,
  MAX_BODY,
  RETRY,
  type RoutedPath,
  type RoutedService,
  type RouteTable,
} from "./routes";

/**
 * Annotations of F5 NGINX Ingress Controller, whose keys and values are those of its documentation, "Advanced
 * configuration with annotations" and "Cross-namespace configuration". Its Ingresses of one host are merged: the
 * master says what holds for the host, a minion what holds for one service's paths.
 */
export type Annotations = Record<`nginx.org/${string}`, string>;

/** What holds for the host. The controller hands the limits and the servers' parameters down to the minions. */
export function masterAnnotations({ rateLimit, hstsMaxAge }: RouteTable): Annotations {
  return {
    "nginx.org/mergeable-ingress-type": "master",
    "nginx.org/server-tokens": "false",
    "nginx.org/ssl-redirect": "true",
    "nginx.org/hsts": String(hstsMaxAge > 0),
    ...(hstsMaxAge > 0 && { "nginx.org/hsts-max-age": String(hstsMaxAge) }),
    "nginx.org/client-max-body-size": MAX_BODY,
    "nginx.org/proxy-buffer-size": HEADERS,
    "nginx.org/proxy-buffers": "8 8k",
    "nginx.org/proxy-busy-buffers-size": HEADERS,
    // A slow reader slows down the service, and fills no disk.
    "nginx.org/proxy-max-temp-file-size": "0",
    "nginx.org/limit-req-rate": `${rateLimit.requestsPerSecond}r/s`,
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the controller's own way to name a variable of nginx
    "nginx.org/limit-req-key": "${binary_remote_addr}",
    "nginx.org/limit-req-zone-size": "10m",
    ...(rateLimit.burst > 0 && {
      "nginx.org/limit-req-burst": String(rateLimit.burst),
      "nginx.org/limit-req-no-delay": "true",
    }),
    "nginx.org/limit-req-reject-code": "429",
    "nginx.org/max-fails": String(HEALTH.maxFails),
    "nginx.org/fail-timeout": `${HEALTH.failTimeout}s`,
    "nginx.org/keepalive": String(KEEPALIVE),
  };
}

/** What holds for paths of one service with the same timeouts. */
export function minionAnnotations(
  { service, balancing }: RoutedService,
  path: RoutedPath,
  { balancesPods }: Pick<RouteTable, "balancesPods">,
): Annotations {
  const { webSocket, timeouts } = path;
  return {
    "nginx.org/mergeable-ingress-type": "minion",
    "nginx.org/lb-method": LB_METHODS[balancing],
    // Its sidecar chooses among the pods, and by weights among their versions.
    ...(!balancesPods && { "nginx.org/use-cluster-ip": "true" }),
    ...(balancing === "session" && {
      "nginx.org/sticky-cookie-services": `serviceName=${service} ${cookieOf(service)} httponly secure path=/`,
    }),
    ...(webSocket && { "nginx.org/websocket-services": service }),
    "nginx.org/proxy-connect-timeout": `${timeouts.connect}s`,
    "nginx.org/proxy-send-timeout": `${timeouts.send}s`,
    "nginx.org/proxy-read-timeout": `${timeouts.read}s`,
    // The controller has no last resort as our own nginx has.
    "nginx.org/proxy-next-upstream": RETRY.onSilence,
    "nginx.org/proxy-next-upstream-tries": String(RETRY.tries),
  };
}

/** A sticky cookie decides for those who have it; the others go round. */
const LB_METHODS: Record<Balancing, string> = {
  round_robin: "round_robin",
  least_conn: "least_conn",
  ip_hash: "ip_hash",
  session: "round_robin",
};
