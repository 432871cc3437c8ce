/**
 * Every `nginx.org` annotation that F5 documents for NGINX Ingress Controller 5.5: "Advanced configuration with
 * Annotations" (all tables but those of NGINX Plus, F5 WAF and DoS), and "Mergeable Ingress types" of its examples.
 */
export const documented = [
  "mergeable-ingress-type",
  ...["proxy-connect-timeout", "proxy-read-timeout", "proxy-send-timeout"],
  ...["proxy-next-upstream", "proxy-next-upstream-timeout", "proxy-next-upstream-tries"],
  ...[
    "client-max-body-size",
    "client-body-buffer-size",
    "proxy-buffering",
    "proxy-buffers",
    "proxy-buffer-size",
  ],
  ...["proxy-busy-buffers-size", "proxy-max-temp-file-size", "server-tokens", "path-regex", "policies"],
  ...["proxy-hide-headers", "proxy-pass-headers", "rewrites", "rewrite-target", "proxy-set-headers"],
  ...["app-root", "redirect-to-https", "ssl-redirect", "http-redirect-code"],
  ...["hsts", "hsts-max-age", "hsts-include-subdomains", "hsts-behind-proxy"],
  ...["basic-auth-secret", "basic-auth-realm", "ssl-ciphers", "ssl-prefer-server-ciphers"],
  ...["listen-ports", "listen-ports-ssl"],
  ...["lb-method", "ssl-services", "grpc-services", "websocket-services", "max-fails", "max-conns"],
  ...["upstream-zone-size", "fail-timeout", "sticky-cookie-services", "keepalive", "use-cluster-ip"],
  ...["limit-req-rate", "limit-req-key", "limit-req-zone-size", "limit-req-delay", "limit-req-no-delay"],
  ...[
    "limit-req-burst",
    "limit-req-dry-run",
    "limit-req-log-level",
    "limit-req-reject-code",
    "limit-req-scale",
  ],
  ...["location-snippets", "server-snippets"],
].map((name) => `nginx.org/${name}`);
