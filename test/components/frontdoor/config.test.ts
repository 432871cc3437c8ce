import { expect } from "chai";
import { path, webSocket } from "../../../components/catalog";
import { nginxConfig } from "../../../components/frontdoor/config";

const config = nginxConfig({
  host: "malai.app",
  url: "https://malai.app:8443",
  upstreams: [
    {
      service: "api-gateway",
      host: "api-gateway",
      port: 80,
      balancing: "least_conn",
      routes: [path("/api/"), webSocket("/ws/")],
    },
  ],
});

/** The text between the braces of the first block that starts with `head`. */
function block(head: string): string {
  const start = config.indexOf(`${head} {`);
  expect(start, `no block "${head}"`).to.be.at.least(0);
  let depth = 0;
  for (let end = config.indexOf("{", start); end < config.length; end++) {
    if (config[end] === "{") depth++;
    if (config[end] === "}" && --depth === 0) return config.slice(start, end);
  }
  throw new Error(`block "${head}" does not end`);
}

describe("nginx.conf", () => {
  it("[O8] balances as the catalog says and takes a failing upstream out for 30 s", () => {
    expect(block("upstream api-gateway")).to.match(
      /least_conn;\s+server api-gateway:80 max_fails=3 fail_timeout=30s;/,
    );
  });

  it("[O8] redirects to HTTPS at the public port", () => {
    expect(config).to.contain("return 301 https://malai.app:8443$request_uri;");
  });

  it("[O8] serves TLS with HTTP/2", () => {
    expect(config).to.contain("listen 8443 ssl http2;");
    expect(config).to.contain("ssl_certificate     /etc/nginx/tls/tls.crt;");
  });

  it("[O8] forwards who asked, and tries the next upstream on an error", () => {
    const api = block("location /api/");
    for (const header of ["Host", "X-Real-IP", "X-Forwarded-For", "X-Forwarded-Proto", "X-Request-Id"]) {
      expect(api).to.match(new RegExp(`proxy_set_header ${header} +\\$`));
    }
    expect(api).to.contain("proxy_connect_timeout 60s;");
    expect(api).to.contain("proxy_next_upstream error timeout invalid_header http_500 http_502 http_503;");
  });

  it("[O8] upgrades WebSockets and keeps them open for an hour", () => {
    const ws = block("location /ws/");
    expect(ws).to.match(/proxy_set_header Upgrade +\$http_upgrade;/);
    expect(ws).to.match(/proxy_read_timeout +1h;/);
  });

  it("[O8] answers /health itself, without a line in the log", () => {
    const health = block("location = /health");
    expect(health).to.contain("access_log off;");
    expect(health).to.contain('return 200 "healthy\\n";');
  });
});
