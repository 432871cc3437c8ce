import { frontDoorRuleOf } from "../../model/names";
import type { Plan, ServicePlan } from "../../model/plan";
import type { Balancing } from "../../model/routes";
import { workloads } from "../../model/workloads";
import { selectorOf } from "../kube/labels";
import { podNamesOf } from "./names";
import type { IstioObject, Spec } from "./objects";

type TrafficPolicy = NonNullable<Spec<"DestinationRule">["trafficPolicy"]>;

/** Connections of one caller to one service: 100 requests/s that take the targets' 2 s each, and some reserve. */
const CONNECTIONS = 256;
/** A WebSocket keeps its connection; as many as one nginx has. */
const WEB_SOCKET_CONNECTIONS = 1024;
/**
 * Connections of one caller's pod to a store that has no setting for it: Redis' own limit. A store that is full says so; a
 * sidecar in front of it resets the connection, which does not tell the reason.
 */
const STORE_CONNECTIONS = 10_000;
/** After so many a connection is made anew, so that a replica which came later gets its share. */
const REQUESTS_PER_CONNECTION = 1000;

const tcp = (maxConnections: number) => ({
  maxConnections,
  connectTimeout: "1s",
  // A peer whose node is gone is found out within a minute.
  tcpKeepalive: { time: "30s", interval: "10s", probes: 3 },
});
const tls = { mode: "ISTIO_MUTUAL" } as const;

/**
 * A replica that answers five requests in a row with an error is left alone at once, for 30 s and longer each
 * time. Never more than half of them: when all fail it is something else, and none would be left.
 */
const OUTLIERS = {
  consecutive5xxErrors: 5,
  interval: "1s",
  baseEjectionTime: "30s",
  maxEjectionPercent: 50,
};

/**
 * The rules for a service. Where clients stay with a pod, as the catalog's `affinity` says, a caller is known by its
 * address, as by a Service with ClientIP; nginx, behind whose one address all users are, balances as the catalog says.
 */
export function destinationRulesOf(
  service: ServicePlan,
  { discovery, frontDoor }: Pick<Plan, "discovery" | "frontDoor">,
): IstioObject<"DestinationRule">[] {
  const { name, balancing, routes } = service;
  const byCatalog = loadBalancerOf(balancing, name);
  if (discovery.affinity === undefined) return [ruleOf(service, name, byCatalog)];
  const nginx = { matchLabels: selectorOf(workloads.nginx.app) };
  return [
    ruleOf(service, name, { consistentHash: { useSourceIp: true } }),
    ...(frontDoor.kind === "standalone" && routes.length > 0
      ? [ruleOf(service, frontDoorRuleOf(name), byCatalog, nginx)]
      : []),
  ];
}

/** The connections to a service: how many, over which replicas, in which versions, and when one is left alone. */
function ruleOf(
  service: ServicePlan,
  ruleName: string,
  loadBalancer: TrafficPolicy["loadBalancer"],
  workloadSelector?: Spec<"DestinationRule">["workloadSelector"],
): IstioObject<"DestinationRule"> {
  const { name, kind, version, release } = service;
  const connections = connectionsOf(service);
  const versions = [version, ...(release ? [release.version] : [])];
  return {
    kind: "DestinationRule",
    name: ruleName,
    spec: {
      host: name,
      ...(workloadSelector && { workloadSelector }),
      trafficPolicy: {
        loadBalancer: {
          ...loadBalancer,
          // With outlier detection Istio prefers the caller's own zone, which would leave replicas of others idle.
          localityLbSetting: { enabled: false },
        },
        connectionPool: {
          tcp: tcp(connections),
          ...(kind !== "tcp" && {
            http: {
              http1MaxPendingRequests: connections,
              http2MaxRequests: connections,
              maxRequestsPerConnection: REQUESTS_PER_CONNECTION,
              // When everything fails, retries must not multiply the load.
              maxRetries: Math.ceil(connections / 10),
            },
          }),
        },
        outlierDetection: OUTLIERS,
        tls,
      },
      subsets: versions.map((version) => ({ name: version, labels: { version } })),
    },
  };
}

/** To a service of TCP as to a store: its clients keep their connections, and it says itself when it is full. */
function connectionsOf({ kind, routes }: ServicePlan): number {
  if (kind === "tcp") return STORE_CONNECTIONS;
  return routes.some(({ webSocket }) => webSocket) ? WEB_SOCKET_CONNECTIONS : CONNECTIONS;
}

/**
 * The catalog's balancing in Istio's words. The address behind a connection inside the mesh is that of nginx or of
 * the calling pod, hence the client is known by the header that these forward; without it any replica may answer.
 */
function loadBalancerOf(balancing: Balancing, service: string): NonNullable<TrafficPolicy["loadBalancer"]> {
  switch (balancing) {
    case "round_robin":
      return { simple: "ROUND_ROBIN" };
    case "least_conn":
      return { simple: "LEAST_REQUEST" };
    case "ip_hash":
      return { consistentHash: { httpHeaderName: "x-forwarded-for" } };
    case "session":
      // Of no age: it ends with the browser's session.
      return {
        consistentHash: {
          httpCookie: { name: `${service.replaceAll("-", "_")}_mesh_session`, path: "/", ttl: "0s" },
        },
      };
  }
}

/** The connections to names that lead to single pods: the headless Services', whose clients choose themselves. */
export function podRulesOf(plan: Plan): IstioObject<"DestinationRule">[] {
  const services = plan.services.map(({ name }) => name);
  const apps = [...services, ...(plan.rabbitmq ? [workloads.rabbitmq.app] : [])];
  return apps
    .flatMap((app) => podNamesOf(app, plan))
    .map((host) => ({
      kind: "DestinationRule",
      name: host,
      spec: {
        host,
        trafficPolicy: { connectionPool: { tcp: tcp(WEB_SOCKET_CONNECTIONS) }, tls },
      },
    }));
}

/** The connections to the data stores, of which Istio knows no more than that they are TCP. */
export function storeRulesOf({ postgres, redis, rabbitmq }: Plan): IstioObject<"DestinationRule">[] {
  const stores = {
    ...(postgres && { [workloads.postgres.app]: postgres.maxConnections }),
    ...(redis && { [workloads.redis.app]: STORE_CONNECTIONS }),
    ...(rabbitmq && { [workloads.rabbitmq.app]: STORE_CONNECTIONS }),
  };
  return Object.entries(stores).map(([host, connections]) => ({
    kind: "DestinationRule",
    name: host,
    spec: { host, trafficPolicy: { connectionPool: { tcp: tcp(connections) }, tls } },
  }));
}
