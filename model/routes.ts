/**
 * How requests of a route reach the replicas of a service: nginx's names for its balancing methods, and `session`,
 * which keeps a browser on one replica by a cookie.
 */
export type Balancing = "round_robin" | "least_conn" | "ip_hash" | "session";

/** A path at the front door. Everything below `path` goes to the service, unchanged. */
export interface Route {
  /** Begins with a slash; letters, digits and `._~!@:+,=-` between slashes. */
  path: string;
  /** Whether the connection may be upgraded to a WebSocket. */
  webSocket: boolean;
}
