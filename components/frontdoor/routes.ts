import { podsOf } from "../../model/names";
import { type Location, locationsOf } from "../../model/paths";
import { listens, type Plan, urlOf } from "../../model/plan";
import type { Balancing } from "../../model/routes";
import { SERVICE_PORT } from "../../model/workloads";

/** One path of the catalog, ready to be written down in either way. */
export interface RoutedPath {
  locations: Location[];
  webSocket: boolean;
  timeouts: Timeouts;
}

/** Seconds: until a connection stands, and between two packets in each direction. */
export interface Timeouts {
  connect: number;
  send: number;
  read: number;
}

/** A service that the front door leads to. */
export interface RoutedService {
  service: string;
  /** Name of its replicas. Without a mesh it resolves to the ready pods, and no others; else the sidecar finds them. */
  target: string;
  /** Port at that name. */
  port: number;
  balancing: Balancing;
  paths: RoutedPath[];
}

/** Everything that nginx has to know, whichever way it is told: the one truth of both. */
export interface RouteTable {
  host: string;
  /** Where browsers reach it, scheme and port included. */
  url: string;
  services: RoutedService[];
  /** Whether nginx chooses among the pods. In a mesh its sidecar does. */
  balancesPods: boolean;
  rateLimit: Plan["frontDoor"]["rateLimit"];
  /** Who is believed to know a client's address: ranges of addresses. */
  trustedProxies: readonly string[];
  /** Seconds for which browsers insist on HTTPS; 0 is no header. */
  hstsMaxAge: number;
}

/** When a server is left alone: after so many failures within so many seconds, for as long (docs/requirements.md, O8). */
export const HEALTH = { maxFails: 3, failTimeout: 30 };

/**
 * What makes nginx ask another server (docs/requirements.md, O8), and how many it asks at most. A request that
 * changes something (POST, PATCH, LOCK) is never sent twice: that would take `non_idempotent`.
 */
export const RETRY = {
  on: "error timeout invalid_header http_500 http_502 http_503",
  /** Without an answer only: a status counts as the server's failure, and where nothing is left when all have failed,
   * three requests for a page with a bug would shut the whole service for 30 s. */
  onSilence: "error timeout invalid_header",
  tries: 3,
};

/** Largest body of a request. */
export const MAX_BODY = "10m";

/**
 * Largest line of a request's header, in all at most four times as much, and largest header of an answer. Node's own
 * servers take 16 kB in all.
 */
export const HEADERS = "32k";

/** Idle connections to each service that are kept open. */
export const KEEPALIVE = 16;

/** 60 s (docs/requirements.md, O8); a WebSocket may be silent for an hour. */
const TIMEOUTS: Timeouts = { connect: 60, send: 60, read: 60 };
const WEB_SOCKET_TIMEOUTS: Timeouts = { connect: 60, send: 3600, read: 3600 };

/** Every route of a plan. Pure. */
export function routeTable(plan: Plan): RouteTable {
  const { host, frontDoor, mesh } = plan;
  return {
    host,
    url: urlOf(plan),
    services: plan.services
      .filter(listens)
      .filter(({ routes }) => routes.length > 0)
      .map(({ name, port, balancing, routes }) => ({
        service: name,
        // What nginx chose itself would know of no weights, and be tried again by two.
        ...(mesh.enabled ? { target: name, port: SERVICE_PORT } : { target: podsOf(name), port }),
        balancing,
        paths: routes.map(({ path, webSocket }) => ({
          locations: locationsOf(path),
          webSocket,
          timeouts: webSocket ? WEB_SOCKET_TIMEOUTS : TIMEOUTS,
        })),
      })),
    balancesPods: !mesh.enabled,
    rateLimit: frontDoor.rateLimit,
    trustedProxies: frontDoor.trustedProxies,
    hstsMaxAge: frontDoor.hstsMaxAge,
  };
}

/** Cookie that keeps a browser on one replica, in letters that a variable of nginx may have. */
export const cookieOf = (service: string) => `${service.replaceAll("-", "_")}_session`;
