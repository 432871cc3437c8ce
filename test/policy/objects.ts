import type { Container, KubeObject, PodSpec } from "../../policy/objects";
import { type Managed, messageOf, type ObjectRule, type StackRule } from "../../policy/rule";

const resources = { cpu: "100m", memory: "64Mi", "ephemeral-storage": "64Mi" };
export const DIGEST = `sha256:${"0".repeat(64)}`;

/** A container that breaks no rule. */
export const lawful: Container = {
  name: "web",
  image: `docker.io/shop/web:1.0@${DIGEST}`,
  resources: { requests: resources, limits: resources },
  livenessProbe: {},
  readinessProbe: {},
  securityContext: { allowPrivilegeEscalation: false, runAsNonRoot: true },
};

/** A Deployment of {@link lawful} with changes: to the container, and to the pod. */
export function deployment(container: Partial<Container>, pod: PodSpec = {}): KubeObject {
  return {
    kind: "Deployment",
    metadata: { namespace: "shop", name: "web" },
    spec: { template: { spec: { containers: [{ ...lawful, ...container }], ...pod } } },
  };
}

export const managed = (object: KubeObject, protect = false): Managed => ({
  urn: `urn:${object.kind}/${object.metadata?.name}`,
  object,
  protect,
});

export const namespace = (tier?: string): KubeObject => ({
  kind: "Namespace",
  metadata: { name: "shop", labels: tier ? { "platform/tier": tier } : {} },
});

/** What a person reads about one object. */
export const messages = (rule: ObjectRule, object: KubeObject): string[] =>
  rule.violations(object).map(messageOf);

/** What a person reads about a stack. */
export const stackMessages = (rule: StackRule, ...stack: Managed[]): string[] =>
  rule.violations(stack).map(messageOf);
