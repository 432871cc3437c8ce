import { cache, database, definePlatform, path, perEnvironment, queue, service } from "../../model/catalog";

/** A third platform of eleven services: what a team with another product would write, and nothing else. */
export const boutique = definePlatform({
  name: "boutique",
  host: "shop.example.com",
  probes: {
    liveness: { path: "/health/live", initialDelay: 10, period: 10, timeout: 3, failures: 3 },
    readiness: { path: "/health/ready", initialDelay: 5, period: 5, timeout: 3, failures: 3 },
  },
  configuration: { CURRENCY: "EUR", MAIL_FROM: perEnvironment },
  services: {
    frontend: {
      port: 8080,
      routes: [path("/")],
      balancing: "session",
      uses: [
        service("ads"),
        service("cart"),
        service("catalog"),
        service("checkout"),
        service("currency"),
        service("recommendations"),
        service("reviews"),
      ],
      configuration: ["CURRENCY"],
    },
    ads: { port: 9555, uses: [cache()] },
    cart: { port: 7070, uses: [cache()] },
    catalog: { port: 3550, uses: [database("catalog"), cache()] },
    checkout: {
      port: 5050,
      balancing: "least_conn",
      uses: [
        service("cart"),
        service("catalog"),
        service("currency"),
        service("payment"),
        service("shipping"),
        database("orders"),
        queue(),
      ],
    },
    currency: { port: 7000, configuration: ["CURRENCY"] },
    mail: { port: 8025, uses: [queue()], secrets: ["SMTP_PASSWORD"], configuration: ["MAIL_FROM"] },
    payment: { port: 50051, uses: [database("payments")], secrets: ["CARD_PROCESSOR_KEY"] },
    recommendations: { port: 8081, uses: [service("catalog"), cache()] },
    reviews: { port: 8082, routes: [path("/reviews/")], uses: [database("reviews")] },
    shipping: { port: 50052, uses: [database("shipping"), queue()] },
  },
});
