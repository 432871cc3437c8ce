import {
  cache,
  database,
  definePlatform,
  external,
  path,
  perEnvironment,
  queue,
  service,
  webSocket,
} from "../model/catalog";

/** Event tickets: a gateway in front of four services (docs/requirements.md, O1). */
export const malai = definePlatform({
  name: "malai",
  host: "malai.app",
  probes: {
    liveness: { path: "/health/live", initialDelay: 30, period: 10, timeout: 5, failures: 3 },
    readiness: { path: "/health/ready", initialDelay: 10, period: 5, timeout: 3, failures: 3 },
  },
  configuration: { SMTP_HOST: perEnvironment, LOG_LEVEL: "info" },
  services: {
    "api-gateway": {
      port: 3000,
      routes: [path("/api/"), webSocket("/ws/")],
      balancing: "least_conn",
      uses: [
        service("auth-service"),
        service("event-service"),
        service("payment-service"),
        service("notification-service"),
      ],
      configuration: ["LOG_LEVEL"],
    },
    "auth-service": {
      port: 4000,
      uses: [database("auth"), cache()],
      secrets: ["JWT_SECRET"],
      configuration: ["LOG_LEVEL"],
    },
    "event-service": {
      port: 4001,
      balancing: "ip_hash",
      uses: [database("events"), queue(), cache()],
      configuration: ["LOG_LEVEL"],
    },
    "payment-service": {
      port: 4002,
      uses: [database("payment"), external("api.omise.co")],
      secrets: ["OMISE_SECRET_KEY"],
      configuration: ["LOG_LEVEL"],
    },
    "notification-service": {
      port: 4003,
      uses: [queue(), external("api.line.me"), external("SMTP_HOST", 587)],
      secrets: ["LINE_CHANNEL_ACCESS_TOKEN"],
      configuration: ["SMTP_HOST", "LOG_LEVEL"],
    },
  },
});
