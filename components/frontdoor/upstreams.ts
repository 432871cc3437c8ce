import type { Location } from "../../model/paths";
import { errorPages } from "./errors";
import type { Layout } from "./layout";
import { cookieOf, HEALTH, KEEPALIVE, type RoutedPath, type RoutedService, type RouteTable } from "./routes";

/** One server of an upstream, as discovery.sh writes it: after three failures in 30 s it is left alone for 30 s. */
export const SERVER_PARAMETERS = `max_fails=${HEALTH.maxFails} fail_timeout=${HEALTH.failTimeout}s`;

/**
 * Servers of a service, and what a browser's cookie says of them where it stays with one. Twice: `<service>_any` asks
 * servers that have failed, too, for when all have. Else three requests for one page with a bug, answered with 500
 * by each server in turn, would shut the whole service for 30 s.
 */
export function upstreamOf({ service, balancing }: RoutedService, { upstreams }: Layout): string {
  const cookie = cookieOf(service);
  const method = {
    round_robin: "",
    least_conn: "least_conn;",
    ip_hash: "ip_hash;",
    session: `hash $${cookie}_key consistent;`,
  }[balancing];
  const session = `    # A browser without a cookie, or with one that is not ours, gets one and is sent where it will lead.
    map $cookie_${cookie} $${cookie}_key {
        default            $request_id;
        "~^[0-9a-f]{32}$"  $cookie_${cookie};
    }
    map $cookie_${cookie} $${cookie}_new {
        default            "${cookie}=$request_id; Path=/; HttpOnly; Secure; SameSite=Lax";
        "~^[0-9a-f]{32}$"  "";
    }
`;
  const upstream = (name: string) => `    upstream ${name} {
        zone ${name} 128k;
        ${method}
        include ${upstreams}/${name}.conf;
        keepalive ${KEEPALIVE};
    }
`;
  return [balancing === "session" ? session : "", upstream(service), upstream(`${service}_any`)].join("\n");
}

/** Every location of a service. */
export function locationsOf(
  { service, balancing, paths }: RoutedService,
  { burst }: RouteTable["rateLimit"],
  hsts: string,
): string[] {
  // A header of its own makes a location forget those of its server.
  const session =
    balancing === "session"
      ? `add_header Set-Cookie $${cookieOf(service)}_new always;\n            ${hsts}`
      : "";
  const limit = burst > 0 ? ` burst=${burst} nodelay` : "";
  const kinds = [false, true].flatMap(
    (webSocket) => paths.find((path) => path.webSocket === webSocket) ?? [],
  );
  return [
    ...paths.flatMap((path) => path.locations.map((location) => primary(path, location))),
    ...kinds.map(fallback),
  ];

  function primary(path: RoutedPath, location: Location): string {
    return `        location ${headOf(location)} {
            # nginx finds it by its decoded path, the mesh by what is written: where they differ there is no such path.
            if ($written_path !~ "${writtenAs(location)}") {
                return 404 '{"error":"no such path"}';
            }
            limit_req zone=clients${limit};
            ${errorPages([502])}
            error_page 502 = ${fallbackNameOf(path)};
            set $route_upgrade    ${path.webSocket ? "$http_upgrade" : '""'};
            set $route_connection ${path.webSocket ? "$connection_upgrade" : '""'};
            ${how(path)}
            proxy_pass http://${service}$written_path;
        }
`;
  }

  /** nginx names the upstream itself where no server was left to ask: then nothing has been sent in vain. */
  function fallback(path: RoutedPath): string {
    return `        location ${fallbackNameOf(path)} {
            recursive_error_pages on;
            if ($upstream_addr !~ "${service}$") {
                return 502 '{"error":"the service did not answer"}';
            }
            ${how(path)}
            proxy_pass http://${service}_any$written_path;
        }
`;
  }

  function how({ timeouts }: RoutedPath): string {
    return `proxy_connect_timeout ${timeouts.connect}s;
            proxy_send_timeout    ${timeouts.send}s;
            proxy_read_timeout    ${timeouts.read}s;
            ${session}`;
  }

  function fallbackNameOf({ webSocket }: RoutedPath): string {
    return `@${service}${webSocket ? "_websocket" : ""}`;
  }
}

/** How the path of a location begins where it is written without any encoding. */
const writtenAs = ({ match, path }: Location) =>
  `^${path.replace(/[.+*?^$()[\]{}|\\]/g, "\\$&")}${match === "exact" ? "(\\?|$)" : ""}`;

const headOf = ({ match, path }: Location) => (match === "exact" ? `= ${path}` : path);
