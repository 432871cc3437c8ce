import { workloads } from "../workloads";

/** Where nginx listens, and where it finds and leaves its files. */
export interface Layout {
  /** What `listen` says: a port, or an address and a port. */
  http: string;
  https: string;
  /** Address and port for Prometheus. */
  metrics: string;
  /** The page that Prometheus gets, before nginx fills in its numbers. */
  metricsPage: string;
  /** Address and port for the pod itself: nginx's own figures, and the answer where no replica is ready. */
  local: string;
  /** Folder of `tls.crt` and `tls.key`. */
  tls: string;
  /** Folder of the lists of servers, `<service>.conf` and `<service>_any.conf`, that discovery.sh writes. */
  upstreams: string;
  /** Folder for all that nginx writes. */
  writable: string;
  accessLog: string;
  errorLog: string;
}

/** Inside the container, which may not bind ports below 1024 and writes only to /tmp. */
export const containerLayout: Layout = {
  http: String(workloads.nginx.http),
  https: String(workloads.nginx.https),
  metrics: String(workloads.nginx.metrics),
  metricsPage: "/etc/nginx/metrics.ssi",
  local: "127.0.0.1:8081",
  tls: "/etc/nginx/tls",
  upstreams: "/tmp/upstreams",
  writable: "/tmp",
  accessLog: "/dev/stdout",
  errorLog: "/dev/stderr",
};
