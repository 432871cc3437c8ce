import { definedOnly } from "./defined-only";
import type { Plan, PodPlan } from "./plan";
import { addressesOf, calleesOf, loginVariables, type Variable } from "./variables";

/** What the catalog says of a workload and of those it calls, by environment variable; its own values last. Pure. */
export function environmentOf(workload: PodPlan, plan: Pick<Plan, "services">): Record<string, string> {
  const own = {
    NODE_ENV: "production",
    SERVICE_NAME: workload.name,
    PORT: workload.port?.toString(),
  } satisfies Partial<Record<Variable, string | undefined>>;
  const pools = workload.logins.flatMap((login) =>
    loginVariables(login).map(({ pool }) => [pool, String(login.pool)]),
  );
  const required = { REQUIRED_SECRETS: workload.secrets.join(",") || undefined } satisfies Partial<
    Record<Variable, string | undefined>
  >;
  const addresses = Object.assign({}, ...calleesOf(workload, plan).map(addressesOf));
  return definedOnly({
    ...own,
    ...Object.fromEntries(pools),
    ...required,
    ...addresses,
    ...workload.environment,
  });
}
