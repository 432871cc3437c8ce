import type { Balancing, Route } from "../catalog";

/** A service behind the front door. */
export interface Upstream {
  service: string;
  host: string;
  port: number;
  balancing: Balancing;
  routes: readonly Route[];
}

/** What an nginx.conf is generated from. */
export interface FrontDoorConfig {
  host: string;
  /** Where browsers reach it, scheme and port included. */
  url: string;
  upstreams: readonly Upstream[];
}

/** Ports nginx listens on inside its container, which may not bind those below 1024. */
export const HTTP_PORT = 8080;
export const HTTPS_PORT = 8443;

/** Where the certificate is mounted. */
export const TLS_DIR = "/etc/nginx/tls";

/** The whole nginx.conf of the route table (orchestration document, section 5). Pure. */
export function nginxConfig({ host, url, upstreams }: FrontDoorConfig): string {
  return `worker_processes 1;
pid /tmp/nginx.pid;
error_log /dev/stderr warn;

events {
    worker_connections 1024;
}

http {
    server_tokens off;
    client_max_body_size 10m;
    client_body_temp_path /tmp/client_body;
    proxy_temp_path       /tmp/proxy;
    fastcgi_temp_path     /tmp/fastcgi;
    uwsgi_temp_path       /tmp/uwsgi;
    scgi_temp_path        /tmp/scgi;

    log_format json escape=json '{"time":"$time_iso8601","requestId":"$request_id","client":"$remote_addr",'
        '"method":"$request_method","uri":"$request_uri","status":$status,"duration":$request_time,'
        '"upstream":"$upstream_addr"}';
    access_log /dev/stdout json;

    # "close" would end every connection to an upstream that is not a WebSocket; empty keeps them open.
    map $http_upgrade $connection_upgrade {
        default upgrade;
        ""      "";
    }

${upstreams.map(upstreamBlock).join("\n")}
    server {
        listen ${HTTP_PORT};
        server_name ${host};
${healthLocation}
        location / {
            return 301 ${url}$request_uri;
        }
    }

    server {
        listen ${HTTPS_PORT} ssl http2;
        server_name ${host};

        ssl_certificate     ${TLS_DIR}/tls.crt;
        ssl_certificate_key ${TLS_DIR}/tls.key;
        ssl_protocols       TLSv1.2 TLSv1.3;
        ssl_session_cache   shared:tls:1m;
${healthLocation}${upstreams.flatMap(locations).join("")}
        location / {
            default_type application/json;
            return 404 '{"error":"no such path"}';
        }
    }
}
`;
}

const healthLocation = `
        location = /health {
            access_log off;
            default_type text/plain;
            return 200 "healthy\\n";
        }
`;

function upstreamBlock({ service, host, port, balancing }: Upstream): string {
  const method = balancing === "round_robin" ? "" : `        ${balancing};\n`;
  return `    upstream ${service} {
${method}        server ${host}:${port} max_fails=3 fail_timeout=30s;
        keepalive 16;
    }
`;
}

function locations({ service, routes }: Upstream): string[] {
  return routes.map(
    ({ path, webSocket }) => `
        location ${path} {
            proxy_pass http://${service};
            proxy_http_version 1.1;
            proxy_set_header Host              $host;
            proxy_set_header X-Real-IP         $remote_addr;
            proxy_set_header X-Forwarded-For   $proxy_add_x_forwarded_for;
            proxy_set_header X-Forwarded-Proto $scheme;
            proxy_set_header X-Request-Id      $request_id;
            proxy_set_header Upgrade           $http_upgrade;
            proxy_set_header Connection        $connection_upgrade;
            proxy_connect_timeout 60s;
            proxy_send_timeout    ${webSocket ? "1h" : "60s"};
            proxy_read_timeout    ${webSocket ? "1h" : "60s"};
            proxy_next_upstream error timeout invalid_header http_500 http_502 http_503;
        }
`,
  );
}
