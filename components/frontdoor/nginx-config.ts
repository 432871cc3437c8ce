import { HEALTH_PATH } from "../../model/paths";
import { errorLocations, errorPages } from "./errors";
import { containerLayout, type Layout } from "./layout";
import { HEADERS, MAX_BODY, RETRY, type RouteTable } from "./routes";
import { locationsOf, upstreamOf } from "./upstreams";

/**
 * Connections of one nginx, those to services included: a WebSocket takes two. Beside each there is a file for a body,
 * and containers often begin with a limit of 1024 files.
 */
const CONNECTIONS = 4096;
const FILES = 4 * CONNECTIONS;

/** The whole nginx.conf of a route table (docs/requirements.md, O8). Pure. */
export function nginxConfig(table: RouteTable, layout: Layout = containerLayout): string {
  const { host, url, services, rateLimit, trustedProxies, hstsMaxAge } = table;
  const hsts = hstsMaxAge > 0 ? `add_header Strict-Transport-Security "max-age=${hstsMaxAge}" always;` : "";
  return tidy(`worker_processes 1;
pid ${layout.writable}/nginx.pid;
error_log ${layout.errorLog} warn;
worker_rlimit_nofile ${FILES};
# A changed list of servers starts a new worker; the old one ends with its last connection, WebSockets after this: as
# long as one may be silent. discovery.sh sees to it that not too many wait for theirs.
worker_shutdown_timeout 1h;

events {
    worker_connections ${CONNECTIONS};
}

http {
    server_tokens off;
    # Of all answers that nginx gives itself.
    default_type application/json;

    client_max_body_size ${MAX_BODY};
    # A service gets a body when all of it is there, however slowly it comes. What is longer is kept in memory that has an
    # end of its own: the next one is then answered with 503, and the pod is not put out for the space on its node.
    client_body_buffer_size 64k;
    client_body_temp_path ${layout.bodies};
    # One line of the request's header, or all of the answer's.
    large_client_header_buffers 4 ${HEADERS};
    proxy_buffer_size       ${HEADERS};
    proxy_busy_buffers_size ${HEADERS};
    proxy_buffers           8 8k;
    # A slow reader slows down the service, and fills no disk.
    proxy_max_temp_file_size 0;
    proxy_temp_path       ${layout.writable}/proxy;
    fastcgi_temp_path     ${layout.writable}/fastcgi;
    uwsgi_temp_path       ${layout.writable}/uwsgi;
    scgi_temp_path        ${layout.writable}/scgi;
    # The ports here are the container's, not those that browsers know.
    absolute_redirect off;

    log_format json escape=json '{"time":"$time_iso8601","requestId":"$request_id","client":"$remote_addr",'
        '"method":"$request_method","uri":"$request_uri","status":$status,"duration":$request_time,'
        '"upstream":"$upstream_addr"}';
    access_log ${layout.accessLog} json;

    # "close" would end every connection to an upstream that is not a WebSocket; empty keeps them open.
    map $http_upgrade $connection_upgrade {
        default upgrade;
        ""      "";
    }

    # What services are sent is what the routes were found by: "//api" is /api. Everything else stays as it was written.
    map $request_uri $written_path {
        default                 $request_uri;
        "~^/{2,}(?<after>.*)$"  /$after;
    }

    ${realIp(trustedProxies)}
    limit_req_zone $binary_remote_addr zone=clients:10m rate=${rateLimit.requestsPerSecond}r/s;
    limit_req_status 429;

${services.map((service) => upstreamOf(service, layout)).join("\n")}
    server {
        listen ${layout.local};
        access_log off;

        location = /stub_status {
            stub_status;
        }

        location / {
            add_header Retry-After 5 always;
            return 503 '{"error":"no replica is ready"}';
        }
    }

    # nginx tells Prometheus itself: an exporter beside it would take it out of service whenever it crashed. The page names
    # nginx's variables; the three numbers that are in none are cut out of its status page.
    server {
        listen ${layout.metrics};
        access_log off;

        location = /metrics {
            alias ${layout.metricsPage};
            default_type "text/plain; version=0.0.4";
            ssi on;
            ssi_types *;
        }

        location = /stub_status {
            internal;
            proxy_pass http://${layout.local};
        }

        location = /certificate {
            internal;
            alias ${layout.certificateMetrics};
        }

        location / {
            return 404;
        }
    }

    server {
        listen ${layout.http};
        server_name ${host};
        ${errorPages()}
${healthLocation}
${errorLocations("")}
        location / {
            return 301 ${url}$request_uri;
        }
    }

    server {
        # As a parameter: 1.29 would rather have \`http2 on\`, which nginx before 1.25 does not know.
        listen ${layout.https} ssl http2;
        server_name ${host};

        ssl_certificate     ${layout.tls}/tls.crt;
        ssl_certificate_key ${layout.tls}/tls.key;
        ssl_protocols       TLSv1.2 TLSv1.3;
        ssl_session_cache   shared:tls:1m;
        ssl_session_tickets off;
        ${hsts}

        proxy_http_version 1.1;
        proxy_set_header Host              $host;
        proxy_set_header X-Real-IP         $remote_addr;
        ${
          trustedProxies.length > 0
            ? "# Not added to what the client says of itself: only the trusted proxies are believed."
            : "# Not added to what the client says of itself: nobody in front of this nginx is trusted."
        }
        proxy_set_header X-Forwarded-For   $remote_addr;
        proxy_set_header X-Forwarded-Proto $scheme;
        proxy_set_header X-Request-Id      $request_id;
        proxy_set_header Upgrade           $route_upgrade;
        proxy_set_header Connection        $route_connection;
        proxy_hide_header Strict-Transport-Security;
        proxy_next_upstream       ${RETRY.on};
        proxy_next_upstream_tries ${RETRY.tries};
        ${errorPages()}
${healthLocation}
${errorLocations(hsts)}
${services.flatMap((service) => locationsOf(service, rateLimit, hsts)).join("\n")}
${services.some(hasRoot) ? "" : noSuchPath}
    }
}
`);
}

/** The last address that no trusted proxy has is the client's. */
const realIp = (proxies: readonly string[]) =>
  proxies.length === 0
    ? ""
    : [
        ...proxies.map((range) => `set_real_ip_from ${range};`),
        "real_ip_header X-Forwarded-For;",
        "real_ip_recursive on;",
      ].join("\n    ");

/** Whether a service has what no other route has: a path of `/`. */
const hasRoot = ({ paths }: RouteTable["services"][number]) =>
  paths.some(({ locations }) => locations.some(({ path }) => path === "/"));

const noSuchPath = `        location / {
            return 404 '{"error":"no such path"}';
        }`;

const healthLocation = `
        location = ${HEALTH_PATH} {
            access_log off;
            default_type text/plain;
            return 200 "healthy\\n";
        }
`;

/** Lines that an unset value has left empty, and empty lines beside empty lines. */
const tidy = (text: string) => text.replace(/\n[ ]+(?=\n)/g, "").replace(/\n{3,}/g, "\n\n");
