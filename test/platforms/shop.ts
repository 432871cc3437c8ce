import { cache, database, definePlatform, path, perEnvironment, queue, service } from "../../model/catalog";

/** Of the applications in Python; the digests are the environments'. */
const python = "docker.io/shop/orders:1.0.0";

const report = `import os, psycopg
print(psycopg.connect(os.environ["DATABASE_URL"]).execute("SELECT count(*) FROM orders").fetchone()[0], "orders")`;

const seed = `import os, urllib.request as http
order = http.Request(os.environ["ORDERS_URL"] + "/orders", b'{"item": "tea"}', {"content-type": "application/json"})
print(http.urlopen(order).read().decode())`;

/** What a team brings that wrote nothing of it for this platform: go-httpbin, FastAPI, pika, and servers that speak no HTTP. */
export const shop = definePlatform({
  name: "shop",
  host: "shop.example.com",
  probes: {
    liveness: { path: "/healthz", initialDelay: 10, period: 10, timeout: 3, failures: 3 },
    readiness: { path: "/healthz", initialDelay: 2, period: 5, timeout: 3, failures: 3 },
  },
  services: {
    httpbin: {
      port: 8080,
      image: "docker.io/shop/httpbin:2.26.0",
      routes: [path("/bin/")],
      environment: { PREFIX: "/bin", GREETING: "hello" },
      probes: { liveness: { path: "/bin/status/200" }, readiness: { path: "/bin/status/200" } },
      health: "none",
      metrics: "none",
      uses: [service("orders"), service("quotes")],
    },
    orders: {
      port: 8000,
      image: python,
      command: ["uvicorn", "orders.api:app", "--host", "0.0.0.0", "--port", "8000"],
      routes: [path("/orders")],
      environment: { GREETING: "hi", PAYMENT_TERMS: perEnvironment },
      health: "none",
      metrics: "none",
      migration: { command: ["alembic", "upgrade", "head"] },
      uses: [database("orders"), queue(), cache()],
    },
    mailer: {
      kind: "worker",
      image: python,
      command: ["python", "-m", "orders.mailer"],
      secrets: ["SMTP_PASSWORD"],
      uses: [queue(), service("mqtt")],
    },
    report: {
      kind: "cronJob",
      schedule: "*/5 * * * *",
      image: python,
      command: ["python", "-c", report],
      uses: [database("orders", { access: "read" })],
    },
    seed: {
      kind: "job",
      image: python,
      command: ["python", "-c", seed],
      uses: [service("orders")],
    },
    // It is an example of health: every five seconds it would say that it has none.
    quotes: { kind: "grpc", port: 50051, image: "docker.io/shop/quotes:1.85.0", args: ["-sleep", "87600h"] },
    mqtt: {
      kind: "tcp",
      port: 1883,
      ports: { "http-admin": 8000 },
      image: "docker.io/shop/mqtt:2.7.9",
      args: ["-info", ":8000"],
    },
  },
});
