import { cache, database, definePlatform, path, queue, service, webSocket } from "../components/catalog";

/** Event tickets: a gateway in front of four services (orchestration document, sections 1 and 2). */
export const malai = definePlatform({
  name: "malai",
  host: "malai.app",
  probes: {
    liveness: { path: "/health/live", initialDelay: 30, period: 10, timeout: 5, failures: 3 },
    readiness: { path: "/health/ready", initialDelay: 10, period: 5, timeout: 3, failures: 3 },
  },
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
    },
    "auth-service": { port: 4000, uses: [database("auth"), cache()], secrets: ["JWT_SECRET"] },
    "event-service": { port: 4001, balancing: "ip_hash", uses: [database("events"), queue(), cache()] },
    "payment-service": { port: 4002, uses: [database("payment")], secrets: ["OMISE_SECRET_KEY"] },
    "notification-service": {
      port: 4003,
      uses: [queue()],
      secrets: ["LINE_CHANNEL_ACCESS_TOKEN"],
      configuration: ["SMTP_HOST"],
    },
  },
});
