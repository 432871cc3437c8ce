import type { ReleasePlan, ServicePlan } from "../../model/plan";
import type { HttpRule } from "./objects";

type Destination = NonNullable<HttpRule["route"]>[number];
type Match = NonNullable<HttpRule["match"]>[number];

/** Who is answered by which versions. */
interface Target {
  match?: Match;
  route: Destination[];
}

/**
 * Whether a client of a service has to meet one version of it alone while a canary has a share: Istio's consistent hash
 * chooses a pod of a version, and the weights choose the version before that, anew for each request (istio#9764).
 */
export const keepsClients = ({ balancing, release }: Pick<ServicePlan, "balancing" | "release">): boolean =>
  balancing === "session" && release !== undefined && release.weight > 0 && release.weight < 100;

/**
 * The targets of a canary whose clients stay where they are. A client that comes for the first time is drawn into one of
 * the release's steps, and keeps that in a cookie: one of the step `25` meets the new version as soon as that has 25 % of
 * the requests. So each step has its share of old and new clients, and no client goes back and forth.
 * @param to the destination of a version
 */
export function stickyTargets(
  { name, version }: Pick<ServicePlan, "name" | "version">,
  release: ReleasePlan,
  to: (version: string) => Destination,
): Target[] {
  const steps = stepsOf(release);
  const cookie = `${name.replaceAll("-", "_")}_release`;
  const kept = (of: readonly number[], version: string): Target => ({
    match: { headers: { cookie: { regex: cookieRegex(cookie, release.version, of) } } },
    route: [to(version)],
  });
  return [
    kept(steps.filter(isReached), release.version),
    kept(
      steps.filter((step) => !isReached(step)),
      version,
    ),
    { route: steps.map(drawn) },
  ];

  function isReached(step: number): boolean {
    return step <= release.weight;
  }

  function drawn(step: number, index: number): Destination {
    // Of no age: it ends with the browser's session, as that of its pod does.
    const value = `${cookie}=${release.version}-${step}; Path=/; HttpOnly; Secure; SameSite=Lax`;
    return {
      ...to(isReached(step) ? release.version : version),
      weight: step - (steps[index - 1] ?? 0),
      headers: { response: { add: { "set-cookie": value } } },
    };
  }
}

/** Every share that the release will have; without any to be known, the one it has. */
function stepsOf({ steps = [], weight }: ReleasePlan): number[] {
  return [...new Set([...steps, weight, 100])].sort((a, b) => a - b);
}

/** Fits a `Cookie` header as a whole, as Envoy wants it (RE2). */
function cookieRegex(name: string, version: string, steps: readonly number[]): string {
  const literal = version.replace(/[^\w-]/g, "\\$&");
  return `(?:.*; ?)?${name}=${literal}-(?:${steps.join("|")})(?:;.*)?`;
}
