/**
 * Every workload of a platform beside its services: the value of its `app` label, which is also the name of its
 * ServiceAccount and its Service, and the ports its pods listen on. `nodes` is the Service that RabbitMQ's nodes call each
 * other by.
 */
export const workloads = {
  nginx: { app: "nginx", http: 8080, https: 8443, metrics: 9113 },
  postgres: { app: "postgres", port: 5432 },
  /** Tells Prometheus of Postgres; in a pod of its own, as that of Redis. */
  postgresExporter: { app: "postgres-exporter", metrics: 9187 },
  /** The Jobs that make databases and logins. */
  postgresLogin: { app: "postgres-login" },
  redis: { app: "redis", port: 6379 },
  redisExporter: { app: "redis-exporter", metrics: 9121 },
  rabbitmq: { app: "rabbitmq", port: 5671, metrics: 15692, peers: [4369, 25672], nodes: "rabbitmq-nodes" },
  prometheus: { app: "prometheus", port: 9090 },
  grafana: { app: "grafana", port: 3000 },
  alertmanager: { app: "alertmanager", port: 9093 },
} as const;

/** Port of every service inside the cluster (docs/requirements.md, O6). */
export const SERVICE_PORT = 80;
