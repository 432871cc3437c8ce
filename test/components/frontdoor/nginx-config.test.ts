import { expect } from "chai";
import { nginxConfig } from "../../../components/frontdoor/nginx-config";
import { routeTable } from "../../../components/frontdoor/routes";
import { SERVER_PARAMETERS } from "../../../components/frontdoor/upstreams";
import { planWith } from "./support";

/** What these lines do is in test/frontdoor, where a real nginx runs them. */
describe("nginx.conf", () => {
  const malai = nginxConfig(routeTable(planWith("dev")));
  const crm = nginxConfig(routeTable(planWith("dealcycle-dev")));

  it("[O8] takes a failing server out for 30 s after three failures", () => {
    expect(SERVER_PARAMETERS).to.equal("max_fails=3 fail_timeout=30s");
  });

  it("[O8] has the balancing and time-outs of row O8, and its reasons to ask another server", () => {
    expect(malai).to.match(/upstream api-gateway \{[^}]*least_conn;/);
    expect(crm).to.match(/upstream auth-service \{[^}]*ip_hash;/);
    const api = /location \/api\/ \{[\s\S]*?\n {8}\}/.exec(malai)?.[0];
    expect(api).to.match(
      /proxy_connect_timeout 60s;\s+proxy_send_timeout\s+60s;\s+proxy_read_timeout\s+60s;/,
    );
    expect(malai).to.match(/proxy_next_upstream +error timeout invalid_header http_500 http_502 http_503;/);
    expect(malai).not.to.contain("non_idempotent");
  });

  it("[O8] keeps silent WebSockets open for an hour", () => {
    expect(/location \/ws\/ \{[\s\S]*?\n {8}\}/.exec(malai)?.[0]).to.match(/proxy_read_timeout +3600s;/);
  });

  it("[R10] may open a file for both ends of each connection and for its body, and lets a WebSocket end by itself", () => {
    const connections = Number(/worker_connections (\d+);/.exec(malai)?.[1]);
    const files = Number(/worker_rlimit_nofile (\d+);/.exec(malai)?.[1]);
    expect([connections, files]).to.deep.equal([4096, 16_384]);
    expect(malai).to.contain("worker_shutdown_timeout 1h;");
  });

  it("[D4] limits each client address as the settings say", () => {
    expect(crm).to.contain("limit_req_zone $binary_remote_addr zone=clients:10m rate=50r/s;");
    expect(crm).to.contain("limit_req zone=clients burst=100 nodelay;");
  });
});
