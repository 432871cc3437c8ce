import { Refusal, UserError } from "../errors";
import { clusterOf } from "../stack/cluster";
import { readStack } from "../stack/stack-file";
import { query } from "./metrics";
import type { Place } from "./place";
import { staleFile } from "./stale-file";

/** @throws {UserError} when there is no such stack, or no such service in it, or it has no mesh */
export function placeOf(stackName: string, serviceName: string): Place {
  const stack = readStack(stackName);
  const { services, mesh } = stack.plan;
  const service = services.find(({ name }) => name === serviceName);
  if (!service) {
    throw new UserError(
      `there is no service "${serviceName}" in stack ${stackName}`,
      `take one of: ${services.map(({ name }) => name).join(", ")}`,
    );
  }
  if (!mesh.enabled) {
    throw new UserError(
      `stack ${stackName} has no mesh, which gives each version its share of the requests`,
      "set platform:mesh.enabled in its file, and bring it up",
    );
  }
  return {
    stack,
    service,
    get cluster() {
      return clusterOf(stack);
    },
  };
}

/**
 * Whether a release can begin: no other one runs, the file is what serves, and there are metrics.
 * @throws {Refusal} with everything that is in its way
 */
export async function requireReadyForRelease(place: Place): Promise<void> {
  const { stack, cluster, service } = place;
  const { namespace } = stack.plan;
  const running = stack.plan.services.filter(({ release }) => release);
  const [metrics, stale] = await Promise.all([
    query(cluster, namespace, 'sum(up{job="mesh-sidecars"})').then(
      ([sidecars]) =>
        sidecars && sidecars.value > 0
          ? []
          : ["Prometheus reads the metrics of no sidecar: see its target mesh-sidecars"],
      (error: Error) => error.message.split("\n").slice(0, 1),
    ),
    staleFile(place),
  ]);
  const problems = [
    ...stale,
    ...running.map(
      ({ name }) => `${name} is being released already: npx ops release status ${name} --stack ${stack.name}`,
    ),
    ...metrics,
  ];
  if (problems.length > 0)
    throw new Refusal(`${service.name} is not released, nothing was changed:`, problems);
}
