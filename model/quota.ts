import type { Plan, Resources, ServicePlan } from "./plan";
import { bytesOf, coresOf, quantity } from "./quantity";

/** Pods of one kind: how many there can be at once, and what all containers of one need together. */
interface Pods {
  count: number;
  containers: Resources[];
}

/** Runs of a cron job at once, where it may have several. */
const CONCURRENT_RUNS = 3;
/** With it there is room for what is added by hand, such as a shell to look around with. */
const HEAD_ROOM = 1.1;
/** Volumes outlive what used them, and a restored one stands beside the first. */
const VOLUMES = 2;

const resources = (requests: [string, string], limits: [string, string]): Resources => ({
  requests: { cpu: requests[0], memory: requests[1] },
  limits: { cpu: limits[0], memory: limits[1] },
});

/** At most: of nginx, of Grafana, of each exporter, of a login's Job. Tests add up what is really asked for. */
const NGINX = resources(["100m", "64Mi"], ["500m", "512Mi"]);
const GRAFANA = resources(["100m", "128Mi"], ["500m", "512Mi"]);
const EXPORTER = resources(["50m", "64Mi"], ["250m", "128Mi"]);
const LOGIN = resources(["50m", "64Mi"], ["500m", "128Mi"]);
/** The sidecar of a pod that is added by hand: what Istio's charts give each (`global.proxy.resources`). */
const UNNAMED_SIDECAR = resources(["100m", "128Mi"], ["2", "1Gi"]);

/**
 * Hard limits of the namespace: everything in the plan at its largest, in the middle of a rolling update of
 * everything, the largest service a second time for a release, and some head-room. A mistake, or
 * a workload of others, ends there instead of taking the nodes. Pure.
 */
export function quotaOf(plan: Plan): Record<string, string> {
  const pods = podsOf(plan);
  const volumes = volumeSizes(plan);
  const sum = (kind: "requests" | "limits", of: "cpu" | "memory") =>
    HEAD_ROOM *
    pods.reduce(
      (total, { count, containers }) =>
        total + count * containers.reduce((sum, container) => sum + quantity(container[kind][of]), 0),
      0,
    );
  return {
    "requests.cpu": coresOf(sum("requests", "cpu")),
    "requests.memory": bytesOf(sum("requests", "memory")),
    "limits.cpu": coresOf(sum("limits", "cpu")),
    "limits.memory": bytesOf(sum("limits", "memory")),
    pods: String(Math.ceil(HEAD_ROOM * pods.reduce((total, { count }) => total + count, 0))),
    persistentvolumeclaims: String(VOLUMES * volumes.length),
    "requests.storage": bytesOf(VOLUMES * volumes.reduce((total, size) => total + size, 0)),
    ...exposedPorts(plan),
  };
}

/** Bounds of one object of a kind, as a LimitRange has them. */
interface Limits {
  type: "Container" | "PersistentVolumeClaim";
  max: Record<string, string>;
  defaultRequest?: Record<string, string>;
  default?: Record<string, string>;
}

/** What a container may ask for, and what it gets that asks for nothing, as an object of others may. Pure. */
export function limitsOf(plan: Plan): Limits[] {
  const limits = [
    ...podsOf(plan).flatMap(({ containers }) => containers),
    ...(plan.mesh.enabled ? [UNNAMED_SIDECAR] : []),
  ].map(({ limits }) => limits);
  const largest = (of: "cpu" | "memory") => Math.max(...limits.map((limit) => quantity(limit[of])));
  const volumes = volumeSizes(plan);
  return [
    {
      type: "Container",
      defaultRequest: { cpu: "50m", memory: "64Mi", "ephemeral-storage": "64Mi" },
      default: { cpu: "250m", memory: "128Mi", "ephemeral-storage": "256Mi" },
      max: { cpu: coresOf(largest("cpu")), memory: bytesOf(largest("memory")) },
    },
    { type: "PersistentVolumeClaim", max: { storage: bytesOf(Math.max(...volumes)) } },
  ];
}

function podsOf(plan: Plan): Pods[] {
  const {
    services,
    jobs,
    extras,
    frontDoor,
    databases,
    postgres,
    redis,
    rabbitmq,
    prometheus,
    alertmanager,
    grafana,
    mesh,
  } = plan;
  const proxy = mesh.enabled ? [mesh.sidecar] : [];
  // A rolling update starts one pod more before it ends one.
  const surging = (count: number) => count + 1;
  // One for each service, and one for the exporter.
  const logins = databases.reduce((sum, { services }) => sum + services.length, 1);
  return [
    ...services.map((service) => ({
      count: surging(service.replicas.max),
      containers: [...containersOf(service), ...proxy],
    })),
    ...largest(services).map((service) => ({
      count: service.replicas.max,
      containers: [...containersOf(service), ...proxy],
    })),
    ...jobs.map(({ resources, schedule }) => ({
      count: schedule?.concurrency === "Allow" ? CONCURRENT_RUNS : 1,
      containers: [resources, ...proxy],
    })),
    ...services
      .filter(({ migration }) => migration)
      .map(({ resources }) => ({ count: 1, containers: [resources, ...proxy] })),
    ...extras.map(({ pods, resources }) => ({ count: pods, containers: [resources, ...proxy] })),
    ...(frontDoor.kind === "standalone"
      ? [{ count: surging(frontDoor.replicas), containers: [NGINX, ...proxy] }]
      : []),
    ...(postgres
      ? [
          { count: 1, containers: [postgres.resources, ...proxy] },
          { count: surging(1), containers: [EXPORTER, ...proxy] },
          { count: logins, containers: [LOGIN, ...proxy] },
        ]
      : []),
    ...(redis
      ? [
          { count: 1, containers: [redis.resources, ...proxy] },
          { count: surging(1), containers: [EXPORTER, ...proxy] },
        ]
      : []),
    ...(rabbitmq ? [{ count: rabbitmq.replicas, containers: [rabbitmq.resources, ...proxy] }] : []),
    { count: 1, containers: [prometheus.resources, ...proxy] },
    { count: 1, containers: [alertmanager.resources, ...proxy] },
    ...(grafana.enabled ? [{ count: surging(1), containers: [GRAFANA, ...proxy] }] : []),
  ];
}

const containersOf = ({ resources, containers }: ServicePlan): Resources[] => [
  resources,
  ...containers.map(({ resources }) => resources),
];

/** The one service whose pods need the most memory together. */
function largest(services: readonly ServicePlan[]): ServicePlan[] {
  const memory = ({ replicas, resources }: ServicePlan) => replicas.max * quantity(resources.requests.memory);
  return services.toSorted((a, b) => memory(b) - memory(a)).slice(0, 1);
}

/** Bytes of every volume. */
function volumeSizes({
  services,
  jobs,
  extras,
  postgres,
  redis,
  rabbitmq,
  prometheus,
  alertmanager,
}: Plan): number[] {
  const sizes = [
    postgres?.storage,
    postgres?.archive,
    redis?.storage,
    ...Array.from({ length: rabbitmq?.replicas ?? 0 }, () => rabbitmq?.storage),
    prometheus.storage,
    alertmanager.storage,
    ...extras.flatMap(({ volumes }) => volumes),
    ...[...services, ...jobs].flatMap(({ volumes }) =>
      volumes.map(({ kind, size }) => (kind === "persistent" ? size : undefined)),
    ),
  ];
  return sizes.filter((size) => size !== undefined).map(quantity);
}

/** Nothing but the front door is reachable from outside: HTTP and HTTPS. A load balancer has node ports as well. */
function exposedPorts({ frontDoor: { kind, type } }: Plan) {
  const exposed = kind === "standalone" && type !== "ClusterIP";
  return {
    "services.nodeports": exposed ? "2" : "0",
    "services.loadbalancers": exposed && type === "LoadBalancer" ? "1" : "0",
  };
}
