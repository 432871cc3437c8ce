import type { Plan, PortPlan, ServicePlan, WorkloadPlan } from "./plan";

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

/** What an entry's `environment` may say otherwise: no component and no store depends on it. */
export const DEFAULTS: readonly string[] = ["NODE_ENV", "SERVICE_NAME", "PORT", "HOSTNAME", "PATH"];

/** A name as variables have it: `PAYMENT_SERVICE` of `payment-service`. */
export const variablePart = (name: string) => name.replaceAll("-", "_").toUpperCase();

/**
 * What a caller is told of a service, by variable: `AUTH_SERVICE_URL` of an HTTP service, `QUOTES_ADDRESS` of another, and
 * `QUOTES_HTTP_ADMIN_ADDRESS` of a further port. Pure.
 */
export function addressesOf({
  name: callee,
  ports,
}: Pick<ServicePlan, "name" | "ports">): Record<string, string> {
  const address = ({ name, protocol, servicePort }: PortPlan, index: number): [string, string] => {
    if (index > 0)
      return [`${variablePart(callee)}_${variablePart(name)}_ADDRESS`, `${callee}:${servicePort}`];
    return protocol === "http"
      ? [`${variablePart(callee)}_URL`, `http://${callee}:${servicePort}`]
      : [`${variablePart(callee)}_ADDRESS`, `${callee}:${servicePort}`];
  };
  return Object.fromEntries(ports.map(address));
}

/** The services that a workload calls, each once. */
export const calleesOf = ({ calls }: Pick<WorkloadPlan, "calls">, { services }: Pick<Plan, "services">) =>
  services.filter(({ name }) => calls.includes(name));

/** What a workload's container is given by name, beyond {@link VARIABLES}: each with the place in the catalog. */
export function givenTo(
  workload: Pick<WorkloadPlan, "calls" | "secrets" | "configuration" | "environment">,
  plan: Pick<Plan, "services">,
) {
  const { secrets, configuration, environment } = workload;
  return [
    ...calleesOf(workload, plan).flatMap((callee) =>
      Object.keys(addressesOf(callee)).map((variable) => ({
        variable,
        by: "uses" as const,
        what: `the ${variable.endsWith("_URL") ? "URL" : "address"} of ${callee.name}`,
      })),
    ),
    ...secrets.map((variable) => ({ variable, by: "secrets" as const, what: "a secret" })),
    ...configuration.map((variable) => ({ variable, by: "configuration" as const, what: "a plain setting" })),
    ...Object.keys(environment).map((variable) => ({
      variable,
      by: "environment" as const,
      what: "a variable of the entry's own",
    })),
  ];
}
