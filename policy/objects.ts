/** A Kubernetes object as Pulumi holds it, as far as the rules look at it. */
export interface KubeObject {
  apiVersion?: string;
  kind?: string;
  metadata?: {
    name?: string;
    namespace?: string;
    labels?: Record<string, string>;
    annotations?: Record<string, string>;
  };
  // biome-ignore lint/suspicious/noExplicitAny: each kind has fields of its own, and any program may have written them
  [field: string]: any;
}

export interface PodSpec {
  containers?: Container[];
  initContainers?: Container[];
  volumes?: { name?: string; hostPath?: { path?: string } }[];
  securityContext?: SecurityContext;
  hostNetwork?: boolean;
  hostPID?: boolean;
  hostIPC?: boolean;
}

export interface Container {
  name?: string;
  image?: string;
  command?: string[];
  args?: string[];
  env?: { name?: string; value?: string }[];
  ports?: { hostPort?: number }[];
  resources?: { requests?: Record<string, string>; limits?: Record<string, string> };
  livenessProbe?: object;
  readinessProbe?: object;
  restartPolicy?: string;
  securityContext?: SecurityContext;
}

export interface SecurityContext {
  privileged?: boolean;
  allowPrivilegeEscalation?: boolean;
  runAsNonRoot?: boolean;
  runAsUser?: number;
}

/** A container with what a rule has to know of its surroundings. */
export interface PlacedContainer {
  container: Container;
  /** For people: `Deployment malai/api-gateway, container api-gateway`. */
  at: string;
  /** Whether it is meant to run until it is stopped. */
  longRunning: boolean;
}

/** For people: `Deployment malai/api-gateway`. */
export function placeOf({ kind = "object", metadata = {} }: KubeObject): string {
  const { namespace, name = "(not named yet)" } = metadata;
  return `${kind} ${namespace ? `${namespace}/` : ""}${name}`;
}

/** A pod, or the template of one: where its annotations are. */
export interface PodTemplate {
  metadata?: { annotations?: Record<string, string> };
}

/** The template of the pods that a workload keeps running, or the pod itself. */
export const templateOf = (object: KubeObject): PodTemplate | undefined =>
  object.kind === "Pod" ? object : object.spec?.template;

/** The pod that an object is or makes; undefined for kinds that make none. */
export function podOf({ kind, spec }: KubeObject): PodSpec | undefined {
  if (kind === "Pod") return spec;
  if (kind === "CronJob") return spec?.jobTemplate?.spec?.template?.spec;
  return spec?.template?.spec?.containers ? spec.template.spec : undefined;
}

/** Every container of the pod that an object is or makes. */
export function containersOf(object: KubeObject): PlacedContainer[] {
  const pod = podOf(object);
  if (!pod) return [];
  const ends = object.kind === "Job" || object.kind === "CronJob";
  const place = placeOf(object);
  return [
    ...(pod.initContainers ?? []).map((container) => ({
      container,
      at: `${place}, init container ${container.name}`,
      // A sidecar is an init container that is started again.
      longRunning: container.restartPolicy === "Always" && !ends,
    })),
    ...(pod.containers ?? []).map((container) => ({
      container,
      at: `${place}, container ${container.name}`,
      longRunning: !ends,
    })),
  ];
}
