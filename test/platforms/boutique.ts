import { cache, definePlatform, path, service } from "../../model/catalog";

/**
 * Online Boutique as its authors have it: one service of HTTP, nine of gRPC, and a load generator that nothing calls. Each
 * has its own name, port and calls there.
 */
export const boutique = definePlatform({
  name: "boutique",
  host: "shop.example.com",
  probes: {
    liveness: { path: "/_healthz", initialDelay: 10, period: 10, timeout: 3, failures: 3 },
    readiness: { path: "/_healthz", initialDelay: 5, period: 5, timeout: 3, failures: 3 },
  },
  services: {
    frontend: {
      port: 8080,
      routes: [path("/")],
      balancing: "session",
      health: "none",
      metrics: "none",
      environment: { ENV_PLATFORM: "local" },
      uses: [
        service("adservice"),
        service("cartservice"),
        service("checkoutservice"),
        service("currencyservice"),
        service("productcatalogservice"),
        service("recommendationservice"),
        service("shippingservice"),
      ],
    },
    adservice: { kind: "grpc", port: 9555 },
    cartservice: { kind: "grpc", port: 7070, uses: [cache()] },
    checkoutservice: {
      kind: "grpc",
      port: 5050,
      uses: [
        service("cartservice"),
        service("currencyservice"),
        service("emailservice"),
        service("paymentservice"),
        service("productcatalogservice"),
        service("shippingservice"),
      ],
    },
    currencyservice: { kind: "grpc", port: 7000 },
    emailservice: { kind: "grpc", port: 8080 },
    paymentservice: { kind: "grpc", port: 50051 },
    productcatalogservice: { kind: "grpc", port: 3550 },
    recommendationservice: { kind: "grpc", port: 8080, uses: [service("productcatalogservice")] },
    shippingservice: { kind: "grpc", port: 50051 },
    loadgenerator: { kind: "worker", environment: { USERS: "10" }, uses: [service("frontend")] },
  },
});
