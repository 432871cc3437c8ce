import { definedOnly } from "./defined-only";
import { listens, type Plan, type PodPlan, type PortPlan } from "./plan";

/** What the catalog says of a workload and of those it calls, by environment variable; its own values last. Pure. */
export function environmentOf(
  workload: PodPlan,
  { services }: Pick<Plan, "services">,
): Record<string, string> {
  const callees = services.filter(listens).filter(({ name }) => workload.calls.includes(name));
  const calls = workload.calls.flatMap((name) =>
    callees.filter((callee) => callee.name === name).flatMap(({ ports }) => ports.map(addressOf(name))),
  );
  return definedOnly({
    NODE_ENV: "production",
    SERVICE_NAME: workload.name,
    PORT: workload.port?.toString(),
    DATABASE_POOL_SIZE: workload.databasePool?.toString(),
    REQUIRED_SECRETS: workload.secrets.join(",") || undefined,
    ...Object.fromEntries(calls),
    ...workload.environment,
  });
}

/** `AUTH_SERVICE_URL` of an HTTP service; `QUOTES_ADDRESS` of another, and `QUOTES_HTTP_ADMIN_ADDRESS` of a further port. */
const addressOf =
  (callee: string) =>
  ({ name, protocol, servicePort }: PortPlan, index: number): [string, string] => {
    const variable = (...parts: string[]) => parts.join("_").replaceAll("-", "_").toUpperCase();
    if (index > 0) return [variable(callee, name, "ADDRESS"), `${callee}:${servicePort}`];
    return protocol === "http"
      ? [variable(callee, "URL"), `http://${callee}:${servicePort}`]
      : [variable(callee, "ADDRESS"), `${callee}:${servicePort}`];
  };
