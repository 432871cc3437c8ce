/** The part of the engine's metadata of a step that tells what is waited for. */
export interface Step {
  op: string;
  urn: string;
  type: string;
  new?: { inputs?: Record<string, unknown> } | null;
}

/** A workload that Pulumi has sent to the cluster, and waits for until it is ready. */
export interface AwaitedWorkload {
  kind: string;
  namespace: string;
  name: string;
  /** Milliseconds since 1970. */
  since: number;
  /** When the Kubernetes provider gives up, milliseconds since 1970. */
  until: number;
}

const KINDS: Record<string, string> = {
  "kubernetes:apps/v1:Deployment": "Deployment",
  "kubernetes:apps/v1:StatefulSet": "StatefulSet",
  "kubernetes:batch/v1:Job": "Job",
};

/** Steps after which the provider waits; the engine's step `replace` is only a frame around these. */
const WAITING_STEPS = ["create", "update", "create-replacement"];

/** Seconds that the Kubernetes provider waits for whatever says nothing else. */
const DEFAULT_TIMEOUT = 600;

/** Which workloads a Pulumi run waits for, and which it has given up, by the engine's events. */
export class Awaited {
  readonly #waiting = new Map<string, AwaitedWorkload>();
  readonly #failed = new Map<string, AwaitedWorkload>();

  constructor(private readonly now: () => number = Date.now) {}

  /** Those it waits for now. */
  get waiting(): AwaitedWorkload[] {
    return [...this.#waiting.values()];
  }

  /** Those it has given up. */
  get failed(): AwaitedWorkload[] {
    return [...this.#failed.values()];
  }

  /** A step begins. */
  begins({ op, urn, type, new: state }: Step): void {
    const kind = KINDS[type];
    const { name, namespace, annotations = {} } = (state?.inputs?.metadata ?? {}) as Metadata;
    if (!kind || !name || !namespace || !WAITING_STEPS.includes(op)) return;
    if (annotations["pulumi.com/skipAwait"] === "true") return;
    const since = this.now();
    const timeout = Number(annotations["pulumi.com/timeoutSeconds"] ?? DEFAULT_TIMEOUT);
    this.#waiting.set(urn, { kind, namespace, name, since, until: since + timeout * 1000 });
  }

  /** A step has succeeded. */
  ends({ urn }: Step): void {
    this.#waiting.delete(urn);
  }

  /** A step has failed. */
  fails({ urn }: Step): void {
    const workload = this.#waiting.get(urn);
    if (workload) this.#failed.set(urn, workload);
    this.#waiting.delete(urn);
  }
}

interface Metadata {
  name?: string;
  namespace?: string;
  annotations?: Record<string, string>;
}
