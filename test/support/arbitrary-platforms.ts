import fc from "fast-check";
import {
  type Catalog,
  cache,
  database,
  external,
  path,
  persistent,
  queue,
  type ServiceEntry,
  service,
  type Use,
  webSocket,
} from "../../model/catalog";
import { malai } from "../../platforms/malai";

/** A catalog and a stack's settings for it, as an author may have written them. */
export interface Written {
  catalog: Catalog;
  values: Record<string, unknown>;
}

/** Mostly what people write, now and then what is next to something that the platform has. */
const mostly = <T>(usual: fc.Arbitrary<T>, hostile: readonly T[]) =>
  fc.oneof({ arbitrary: usual, weight: 8 }, { arbitrary: fc.constantFrom(...hostile), weight: 1 });

const serviceName = mostly(
  fc.oneof(
    fc.constantFrom("api", "web", "orders", "users"),
    fc.stringMatching(/^[a-z][a-z0-9-]{0,9}[a-z0-9]$/),
  ),
  [
    ...["redis", "nginx", "prometheus", "front-door", "default", "allow-dns", "rabbitmq-nodes", "nodes"],
    ...["admin", "metrics", "tls", "database", "shop", "pg-a", "orders-owner", "platform-metrics"],
    ...["api-v2", "api-pods", "api-headless", "api-front-door", "api-websocket", "postgres-api", "exporter"],
    ...["a".repeat(52), "a".repeat(53), "2fa", "my_app", "MyApp", ""],
  ],
);

const routePath = mostly(
  fc.oneof(fc.constantFrom("/", "/api", "/api/", "/ws/"), fc.stringMatching(/^\/[a-z._~-]{1,6}\/?$/)),
  ["/health", "/health/", "/_nginx_error/404", "api; return 200", "", "/..", "//", "/a b"],
);

const variable = mostly(fc.stringMatching(/^[A-Z][A-Z0-9_]{0,6}[A-Z0-9]$/), [
  ...["PORT", "NODE_ENV", "REDIS_URL", "DATABASE_URL", "API_URL", "HOSTNAME", "_A", "A-B", "A".repeat(64)],
]);

const databaseName = mostly(fc.constantFrom("orders", "users", "Events_1"), ["a b", "a".repeat(58), ""]);
const externalHost = mostly(fc.constantFrom("api.example.com", `${"a".repeat(60)}.example.com`), [
  "10.0.0.1",
  "x",
]);

/** Everything but calls to other services. */
const use: fc.Arbitrary<Use> = fc.oneof(
  databaseName.map((name) => database(name, { pool: 2 })),
  fc.constant(cache()),
  fc.constant(queue()),
  fc.tuple(externalHost, fc.constantFrom(443, 587)).map(([host, port]) => external(host, port)),
);

const entry = fc.record({
  name: serviceName,
  /** Of a service whose port is not simply another one. */
  port: mostly(fc.constant<number | undefined>(undefined), [0, 80, 99999, 15001, 15090, 3001, 5432]),
  routes: fc.array(
    fc.tuple(routePath, fc.boolean()).map(([written, upgraded]) => (upgraded ? webSocket : path)(written)),
    { maxLength: 2 },
  ),
  /** What it is, where it is no HTTP service; of several ports and of those of volumes and files the names are made. */
  kind: mostly(fc.constant<object>({}), [
    { kind: "grpc" },
    { kind: "tcp", ports: { "http-admin": 3900 } },
    { kind: "worker", migration: { command: ["migrate"] } },
    { kind: "cronJob", schedule: "@daily", files: { "/etc/a": "b" } },
    { kind: "job", environment: { API_URL: "x" } },
    { volumes: { "/data": persistent("1Gi") }, files: { "/etc/a": "b" }, environment: { A_B: "c" } },
    { migration: { command: ["migrate"] }, autoscaler: "none", cloudMetadata: true },
  ]),
  balancing: fc.constantFrom(undefined, "round_robin", "least_conn", "ip_hash", "session"),
  uses: fc.array(use, { maxLength: 2 }),
  /** How much further in the catalog those stand that it calls. */
  calls: fc.array(fc.constantFrom(1, 2), { maxLength: 2 }),
  secrets: fc.array(variable, { maxLength: 1 }),
  configuration: fc.array(variable, { maxLength: 1 }),
});

const settings = fc.record({
  namespace: mostly(fc.constant<string | undefined>(undefined), ["kube-system", "Malai_Prod", "other"]),
  host: mostly(fc.constant("shop.example.com"), ["https://X:8443/", "X", "localhost"]),
  mesh: fc.record({ enabled: fc.boolean(), gateway: fc.boolean() }),
  frontDoor: fc.record({
    kind: fc.constantFrom("standalone", "controller"),
    controller: fc.record({ install: fc.boolean() }),
    type: fc.constantFrom("ClusterIP", "LoadBalancer"),
  }),
  certificate: fc.constantFrom("self-signed", { secret: "shop-tls" }, { secret: "postgres-api" }),
  postgres: fc.constantFrom({}, { archive: "1Gi" }),
  rabbitmq: fc.record({ replicas: fc.constantFrom(1, 3) }),
  grafana: fc.record({ enabled: fc.boolean() }),
  alertmanager: fc.record({ webhook: fc.boolean() }),
});

const discovery = fc.record({
  apiPort: fc.boolean(),
  headless: fc.boolean(),
  affinity: fc.constantFrom(undefined, 60),
});

/** Without what an entry of that kind does not have. */
function entryOf(
  kind: { kind?: string },
  { port, routes, balancing, ...common }: Record<string, unknown>,
): ServiceEntry {
  const own = {
    http: { port, routes, balancing },
    ...{ grpc: { port }, tcp: { port }, worker: {}, cronJob: {}, job: {} },
  }[kind.kind ?? "http"];
  return { ...common, ...own, ...kind } as ServiceEntry;
}

/** Any platform of up to three services, in any kind of environment; mostly one that makes sense. */
export const anyPlatform: fc.Arbitrary<Written> = fc
  .record({
    entries: fc.array(entry, { minLength: 1, maxLength: 3 }),
    settings,
    discovery,
    released: fc.boolean(),
  })
  .map(({ entries, settings, discovery, released }) => {
    const names = entries.map(({ name }) => name);
    const services = entries.map(
      ({ name, port, kind, calls, uses, ...rest }, index): [string, ServiceEntry] => {
        const callees = calls.flatMap((further) => names[index + further] ?? []);
        return [
          name,
          entryOf(kind, {
            ...rest,
            port: port ?? 3000 + index,
            uses: [...uses, ...callees.map((one) => service(one))],
          }),
        ];
      },
    );
    const plain = entries.flatMap(({ configuration }) => configuration.map((key) => [key, "plain"]));
    const [first = ""] = names;
    return {
      catalog: {
        name: "shop",
        host: "shop.example.com",
        probes: malai.probes,
        discovery,
        configuration: Object.fromEntries(plain),
        services: Object.fromEntries(services),
      },
      values: {
        ...settings,
        catalog: "shop",
        context: "test",
        tier: "development",
        services: { [first]: released ? { release: { version: "v2" } } : {} },
      },
    };
  });
