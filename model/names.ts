import { workloads } from "./workloads";

/**
 * Names of objects that belong to no single workload, of those kinds that every service has an object of: none may be
 * called so. Components take them from here, and a test looks at all that they make.
 */
export const objects = {
  /** NetworkPolicies of the whole namespace. */
  defaultDeny: "default-deny",
  allowDns: "allow-dns",
  allowMesh: "allow-mesh",
  /** AuthorizationPolicy of the whole namespace. */
  allowNothing: "allow-nothing",
  /** Gateway and VirtualService of the platform's host, at Istio's gateway and inside. */
  frontDoor: "front-door",
  frontDoorInside: "front-door-inside",
  /** ServiceAccount that Kubernetes gives every namespace; and Istio's name for what holds for all of it. */
  default: "default",
} as const;

/** Name of the Secret that holds the certificate of a store. */
export const tlsSecretOf = (app: string) => `${app}-tls`;

/** Names of the platform's own Secrets and Jobs beside those of its workloads' names. */
export const secrets = {
  /** Of all services, as far as the platform does not make them itself. */
  services: "service-secrets",
  selfSigned: tlsSecretOf(workloads.nginx.app),
  postgresTls: tlsSecretOf(workloads.postgres.app),
  redisTls: tlsSecretOf(workloads.redis.app),
  rabbitmqTls: tlsSecretOf(workloads.rabbitmq.app),
  postgresAdmin: "postgres-admin",
  /** The exporter's login: its Job as well. */
  postgresMetrics: "postgres-metrics",
} as const;

/** Name of the Secret and the Job of a service's login to Postgres. @param login the service, and a further database after it */
export const loginOf = (login: string) => `${workloads.postgres.app}-${login}`;

/** Name of the Deployment and the autoscaler of a version that is being released. */
export const releaseOf = (service: string, version: string) => `${service}-${version}`;

/** Name of the headless Service that other workloads find a service's pods by (`discovery.headless`). */
export const headlessOf = (service: string) => `${service}-headless`;

/** Name of the headless Service that nginx finds a service's pods by, where no mesh does. */
export const podsOf = (service: string) => `${service}-pods`;

/** Name of the Ingress of a service's WebSockets. */
export const webSocketIngressOf = (service: string) => `${service}-websocket`;

/** Name of the DestinationRule that nginx has of its own for a service. */
export const frontDoorRuleOf = (service: string) => `${service}-front-door`;

/** Name of the ConfigMap with the files of a service. */
export const filesOf = (service: string) => `${service}-files`;

/** Name of the claim of a service's volume. @param volume its path as names have it, such as `var-lib-app` */
export const claimOf = (service: string, volume: string) => `${service}-${volume}`;

/** Name of a service's migrations in their `app` label, which is not the service's: no Service may lead to their pods. */
export const migrationOf = (service: string) => `${service}-migration`;

/** Name of the Job that migrates to a version of a service. */
export const migrationJobOf = (service: string, version: string) => `${migrationOf(service)}-${version}`;

/** What Kubernetes ends the name of a cron job with for each run (Kubernetes documentation, CronJob): a number of minutes. */
const runOf = (cronJob: string) => `${cronJob}-0123456789`;

/** The most letters that a label's value and a Service's name have (RFC 1123). */
export const LABEL = 63;

/** The most letters of a service's name: each of the names that are made of it is a label's value as well. */
export const MOST_LETTERS =
  LABEL -
  Math.max(
    ...[loginOf, headlessOf, podsOf, webSocketIngressOf, frontDoorRuleOf, migrationOf, runOf].map(
      (of) => of("").length,
    ),
  );

/** Names of Prometheus' jobs that are about no single workload; each service's job has its name. */
export const scrapeJobs = {
  health: "load-balancer-health",
  sidecars: "mesh-sidecars",
  controlPlane: "mesh-control-plane",
  apiServers: "kubernetes-apiservers",
  nodes: "nodes",
  containers: "containers",
} as const;

/** Roles of Postgres' that are no service's. */
export const roles = { admin: "postgres", metrics: "platform_metrics" } as const;

/** The role of a service's login. @param login as for {@link loginOf} */
export const roleOf = (login: string) => login.replaceAll("-", "_");

/** The role that the tables of a database belong to. */
export const ownerOf = (database: string) => `${database}_owner`;
