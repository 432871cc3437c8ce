import { type KubeObject, placeOf } from "./objects";
import type { StackRule } from "./rule";

/** An autoscaler and a fixed number fight: each `pulumi up` would undo what the autoscaler did. */
export const autoscaledReplicas: StackRule = {
  name: "autoscaled-replicas",
  description: "What a HorizontalPodAutoscaler scales leaves `replicas` out.",
  violations(stack) {
    const autoscalers = stack.filter(({ object }) => object.kind === "HorizontalPodAutoscaler");
    return autoscalers.flatMap(({ object: autoscaler }) =>
      stack
        .filter(({ object }) => isTarget(autoscaler, object) && typeof object.spec?.replicas === "number")
        .map(({ urn, object }) => ({
          urn,
          at: placeOf(object),
          problem: `sets replicas to ${object.spec.replicas}, and ${placeOf(autoscaler)} scales it`,
          remedy: "leave replicas out, or remove the autoscaler",
        })),
    );
  },
};

function isTarget({ spec, metadata }: KubeObject, object: KubeObject): boolean {
  const { kind, name } = spec?.scaleTargetRef ?? {};
  return (
    object.kind === kind &&
    object.metadata?.name === name &&
    object.metadata?.namespace === metadata?.namespace
  );
}
