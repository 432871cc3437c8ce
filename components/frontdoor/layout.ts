import { workloads } from "../../model/workloads";

/** Where nginx listens, and where it finds and leaves its files. */
export interface Layout {
  /** What `listen` says: a port, or an address and a port. */
  http: string;
  https: string;
  /** Address and port for Prometheus. */
  metrics: string;
  /** The page that Prometheus gets, before nginx fills in its numbers. */
  metricsPage: string;
  /** Address and port for the pod itself: nginx's own metrics, and the answer where no replica is ready. */
  local: string;
  /** What the page has of the certificate; certificate.sh writes it. */
  certificateMetrics: string;
  /** Folder of `tls.crt` and `tls.key`: the copy that certificate.sh makes of what is mounted. */
  tls: string;
  /** Folder of the lists of servers, `<service>.conf` and `<service>_any.conf`, that discovery.sh writes. */
  upstreams: string;
  /** Folder of the bodies of requests, until all of one is there. */
  bodies: string;
  /** Folder for all else that nginx writes. */
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
  certificateMetrics: "/tmp/certificate.prom",
  tls: "/certificate",
  upstreams: "/tmp/upstreams",
  bodies: "/bodies",
  writable: "/tmp",
  accessLog: "/dev/stdout",
  errorLog: "/dev/stderr",
};
