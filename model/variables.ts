import type { LoginPlan } from "./logins";
import type { Plan, PortPlan, ServicePlan, WorkloadPlan } from "./plan";
import { variablePart } from "./variable-part";

/**
 * Every variable that the platform sets in a service's container, in this environment or another one. The components
 * that set them take their names from here; no secret, no plain setting and no other service may have one of them.
 */
export const VARIABLES = [
  "NODE_ENV",
  "NODE_EXTRA_CA_CERTS",
  "SSL_CERT_FILE",
  "PGSSLMODE",
  "PGSSLROOTCERT",
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
const DEFAULTS: readonly string[] = ["NODE_ENV", "SERVICE_NAME", "PORT", "HOSTNAME", "PATH"];

/** What trusts the stores' CA, in a container whose entry uses one of them (docs/contract.md). */
const TRUST: readonly string[] = ["NODE_EXTRA_CA_CERTS", "SSL_CERT_FILE", "PGSSLMODE", "PGSSLROOTCERT"];

/** Whether an entry's `environment` may give a variable of the platform or of Kubernetes another value. */
export const mayBeOwn = (variable: string, { logins, usesCache, usesQueue }: WorkloadPlan): boolean =>
  DEFAULTS.includes(variable) || (TRUST.includes(variable) && !(logins.length > 0 || usesCache || usesQueue));

/** The variables that a login arrives in. */
export const loginVariables = ({ variables }: Pick<LoginPlan, "variables">) =>
  variables.map((variable) => ({ url: `${variable}_URL`, pool: `${variable}_POOL_SIZE` }));

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

/** Something that a container is given by name. */
interface Given {
  variable: string;
  /** The place in the catalog. */
  by: "uses" | "secrets" | "configuration" | "environment";
  what: string;
  /** Whether the pod has a fingerprint of the value, in an annotation of that name. */
  hasFingerprint: boolean;
}

/** What a workload's container is given by name, beyond {@link VARIABLES}. */
export function givenTo(workload: WorkloadPlan, plan: Pick<Plan, "services">): Given[] {
  const { logins, secrets, configuration, environment } = workload;
  const databases = logins.flatMap((login) =>
    loginVariables(login).flatMap(({ url, pool }): Given[] => [
      { variable: url, by: "uses", what: `the URL of database ${login.database}`, hasFingerprint: true },
      { variable: pool, by: "uses", what: `the pool of database ${login.database}`, hasFingerprint: false },
    ]),
  );
  const callees = calleesOf(workload, plan).flatMap((callee) =>
    Object.keys(addressesOf(callee)).map((variable): Given => {
      const what = `the ${variable.endsWith("_URL") ? "URL" : "address"} of ${callee.name}`;
      return { variable, by: "uses", what, hasFingerprint: false };
    }),
  );
  const named = (variables: readonly string[], rest: Omit<Given, "variable">) =>
    variables.map((variable): Given => ({ variable, ...rest }));
  return [
    ...databases.filter(({ variable }) => !VARIABLES.some((own) => own === variable)),
    ...callees,
    ...named(secrets, { by: "secrets", what: "a secret", hasFingerprint: true }),
    ...named(configuration, { by: "configuration", what: "a plain setting", hasFingerprint: true }),
    ...named(Object.keys(environment), {
      by: "environment",
      what: "a variable of the entry's own",
      hasFingerprint: false,
    }),
  ];
}
