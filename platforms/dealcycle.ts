import { cache, database, definePlatform, path, perEnvironment, queue, service } from "../model/catalog";

/** A real-estate CRM: four services side by side at one host (docs/requirements.md, D1). */
export const dealcycle = definePlatform({
  name: "dealcycle-crm",
  host: "api.presidentialdigs.com",
  probes: {
    liveness: { path: "/health", initialDelay: 30, period: 10, timeout: 5, failures: 3 },
    readiness: { path: "/health/ready", initialDelay: 5, period: 5, timeout: 3, failures: 3 },
  },
  discovery: { apiPort: true, headless: true, affinity: 3600 },
  configuration: { LOG_LEVEL: "info", MAIL_FROM: perEnvironment },
  services: {
    "auth-service": {
      port: 3001,
      routes: [path("/auth")],
      balancing: "ip_hash",
      uses: [database("auth"), cache()],
      secrets: ["JWT_SECRET"],
      configuration: ["LOG_LEVEL"],
    },
    "leads-service": {
      port: 3002,
      routes: [path("/leads")],
      balancing: "round_robin",
      uses: [database("leads"), queue(), service("users-service")],
      configuration: ["LOG_LEVEL", "MAIL_FROM"],
    },
    "buyers-service": {
      port: 3003,
      routes: [path("/buyers")],
      balancing: "least_conn",
      uses: [database("buyers"), cache(), service("leads-service"), service("users-service")],
      configuration: ["LOG_LEVEL"],
    },
    "users-service": {
      port: 3004,
      routes: [path("/users")],
      balancing: "session",
      uses: [database("users"), service("auth-service")],
      configuration: ["LOG_LEVEL"],
    },
  },
});
