import { listControllers } from "../controllers";
import { StepFailed } from "./outcome";
import { pause } from "./pause";
import type { Target } from "./pods";

/** Milliseconds between two looks. */
const POLL = 1000;

/**
 * Until the Deployment of the version in use has replaced all of its pods. `pulumi up` waits for that too, but not always: of
 * a busy API server the provider may take the status from before the update for the one after it
 * (pulumi-kubernetes 4.25, provider/pkg/await/deployment.go).
 * @param patience seconds for one pod to get ready
 * @throws {StepFailed} when it takes longer
 */
export async function untilRolledOut(
  { cluster, namespace, service }: Pick<Target, "cluster" | "namespace" | "service">,
  patience: number,
  signal: AbortSignal,
): Promise<void> {
  const seconds = patience * service.replicas.max;
  for (const end = Date.now() + seconds * 1000; ; await pause(POLL, signal)) {
    const controllers = await listControllers(cluster, namespace);
    const deployment = controllers.find(
      ({ kind, metadata }) => kind === "Deployment" && metadata?.name === service.name,
    );
    const { ready, desired } = deployment?.counts ?? { ready: 0, desired: service.replicas.min };
    if (deployment?.current && ready >= desired) return;
    if (Date.now() > end) {
      throw new StepFailed([
        `Deployment ${service.name}: ${ready} of ${desired} pods ready, not all of them new, within ${seconds} s`,
      ]);
    }
  }
}
