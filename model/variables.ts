import type { ServicePlan } from "./plan";

/**
 * Every variable that the platform sets in a service's container, in this environment or another one. The components
 * that set them take their names from here; no secret, no plain setting and no other service may have one of them.
 */
export const VARIABLES = [
  "NODE_ENV",
  "NODE_EXTRA_CA_CERTS",
  "SERVICE_NAME",
  "SERVICE_VERSION",
  "PORT",
  "DRAIN_SECONDS",
  "GRACE_SECONDS",
  "REQUIRED_SECRETS",
  "DATABASE_URL",
  "DATABASE_POOL_SIZE",
  "REDIS_URL",
  "RABBITMQ_URL",
] as const;

export type Variable = (typeof VARIABLES)[number];

/** What Kubernetes and the container runtime set (Kubernetes documentation, Container Environment). */
export const KUBERNETES_VARIABLES = [
  "HOSTNAME",
  "PATH",
  "KUBERNETES_SERVICE_HOST",
  "KUBERNETES_SERVICE_PORT",
];

/** The variable with the URL of a service that another one calls. */
export const urlVariableOf = (service: string) => `${service.replaceAll("-", "_").toUpperCase()}_URL`;

/** What a service's container is given by name, beyond {@link VARIABLES}: each with the place in the catalog. */
export function givenTo({
  calls,
  secrets,
  configuration,
}: Pick<ServicePlan, "calls" | "secrets" | "configuration">) {
  return [
    ...[...new Set(calls)].map((callee) => ({
      variable: urlVariableOf(callee),
      by: "uses" as const,
      what: `the URL of ${callee}`,
    })),
    ...secrets.map((variable) => ({ variable, by: "secrets" as const, what: "a secret" })),
    ...configuration.map((variable) => ({ variable, by: "configuration" as const, what: "a plain setting" })),
  ];
}
