import { database, definePlatform, path, service } from "../../model/catalog";

/** The smallest platform with something of everything that a change can break; it comes up in under a minute. */
export const small = definePlatform({
  name: "small",
  host: "small.example.com",
  probes: {
    liveness: { path: "/health/live", initialDelay: 5, period: 10, timeout: 3, failures: 3 },
    readiness: { path: "/health/ready", initialDelay: 1, period: 1, timeout: 3, failures: 3 },
  },
  shutdown: { drain: 1, grace: 6 },
  configuration: { LOG_LEVEL: "info" },
  services: {
    "api-gateway": {
      port: 3000,
      routes: [path("/api/")],
      uses: [service("auth-service")],
      configuration: ["LOG_LEVEL"],
    },
    "auth-service": { port: 4000, uses: [database("auth")], secrets: ["JWT_SECRET"] },
  },
});
