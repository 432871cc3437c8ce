import type { Catalog, ServiceEntry, Use } from "../model/catalog";

/** What a `uses` edge leads to, as a node of the diagram: its id and its shape with the words in it. */
const targets: { [K in Use["kind"]]: (use: Extract<Use, { kind: K }>) => [id: string, shape: string] } = {
  service: ({ service }) => [service, ""],
  database: ({ database }) => [`db-${database}`, `[("Postgres<br/>${database}")]`],
  cache: () => ["redis", '[("Redis")]'],
  external: ({ host }) => [`out-${host}`, `(["${host}"])`],
  extra: ({ extra }) => [extra, `["${extra}"]`],
  queue: () => ["rabbitmq", '[["RabbitMQ"]]'],
};

/** The platform as a Mermaid flowchart, made from the catalog alone: its routes and its `uses` edges. Pure. */
export function diagramOf(catalog: Catalog): string {
  const services = Object.entries(catalog.services);
  const stores = new Map<string, string>();
  const edges = services.flatMap(([name, { uses = [] }]) =>
    uses.map((use) => {
      const [id, shape] = targetOf(use);
      if (shape) stores.set(id, `  ${id}${shape}`);
      return `  ${name} --> ${id}`;
    }),
  );
  const routes = services.flatMap(([name, { routes = [] }]) =>
    routes.length > 0 ? [`  nginx -->|${routes.map(({ path }) => path).join(" ")}| ${name}`] : [],
  );
  return [
    "flowchart LR",
    `  users(("${catalog.host}")) --> nginx`,
    ...services.map(([name, entry]) => `  ${name}["${name}<br/>${kindOf(entry)}"]`),
    ...stores.values(),
    ...routes,
    ...edges,
  ].join("\n");
}

/** What an HTTP service is known by is its port; the others say what they are. */
function kindOf({ kind = "http", port, schedule }: ServiceEntry): string {
  const said = { http: "", grpc: "gRPC ", tcp: "TCP ", worker: "worker", cronJob: "cron job ", job: "job" }[
    kind
  ];
  return `${said}${port === undefined ? (schedule ?? "") : `:${port}`}`;
}

function targetOf<U extends Use>(use: U): [string, string] {
  return (targets[use.kind] as (use: U) => [string, string])(use);
}
