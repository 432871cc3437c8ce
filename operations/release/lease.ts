import { hostname, userInfo } from "node:os";
import {
  ApiException,
  CoordinationV1Api,
  type KubeConfig,
  type V1Lease,
  V1MicroTime,
} from "@kubernetes/client-node";
import { Refusal } from "../errors";
import { isDead } from "./alive";

/** One release at a time in a namespace: its stack can be updated by one only anyway. */
const NAME = "platform-release";

const ANNOTATION = "platform/release-command";
const SERVICE = "platform/release-service";

/** In the place of a service, where none is released. */
const WHOLE_STACK = "";

/**
 * Seconds after which a release that has not been heard of is taken for dead. On its own machine a dead one is known at
 * once; on a busy one a living one may be silent for a while.
 */
const DURATION = 60;
const RENEWED_EVERY = 5_000;

/** What another command may ask of the one that releases. */
export type Request = "abort" | "promote";

/** The command that releases now, or did until its process was killed. */
export interface Holder {
  /** Empty while the whole stack is updated. */
  service: string;
  /** `user@machine, process 123`, and since when. */
  who: string;
  /** Whether it is at work, as far as can be told. */
  alive: boolean;
}

/** What the command that releases has to hear. */
export interface Listener {
  onRequest?(request: Request): void;
  /** Another command has it, which took this one for dead. */
  onLost?(): void;
}

/** Holds on to the right to release until it is given back. */
export class ReleaseLease {
  readonly #timer: NodeJS.Timeout;
  readonly #uid: string | undefined;
  #ended = false;

  private constructor(
    readonly cluster: KubeConfig,
    { metadata }: V1Lease,
    readonly namespace: string,
    readonly listener: Listener,
  ) {
    this.#uid = metadata?.uid;
    this.#timer = setInterval(() => {
      // One failure is no reason to end: the lease holds for some more.
      this.#renew().catch((error) => console.error(`the lease is not renewed: ${error.message}`));
    }, RENEWED_EVERY);
    this.#timer.unref();
  }

  /**
   * @throws {Refusal} when another command releases at this very moment
   */
  static async take(
    cluster: KubeConfig,
    namespace: string,
    service: string,
    listener: Listener = {},
  ): Promise<ReleaseLease> {
    const holder = await readHolder(cluster, namespace);
    if (holder?.alive) throw busy(holder);
    const leases = cluster.makeApiClient(CoordinationV1Api);
    if (holder) await leases.deleteNamespacedLease({ namespace, name: NAME });
    const now = new V1MicroTime();
    const body: V1Lease = {
      metadata: {
        name: NAME,
        labels: { "app.kubernetes.io/managed-by": "ops" },
        annotations: { [SERVICE]: service },
      },
      spec: { holderIdentity: identity(), leaseDurationSeconds: DURATION, acquireTime: now, renewTime: now },
    };
    try {
      return new ReleaseLease(
        cluster,
        await leases.createNamespacedLease({ namespace, body }),
        namespace,
        listener,
      );
    } catch (error) {
      if (!(error instanceof ApiException && error.code === 409)) throw error;
      throw busy((await readHolder(cluster, namespace)) ?? { service, who: "another process", alive: true });
    }
  }

  /**
   * So that none begins while the whole stack is updated.
   * @throws {Refusal} when a release is under way
   */
  static takeForUpdate(cluster: KubeConfig, namespace: string): Promise<ReleaseLease> {
    return ReleaseLease.take(cluster, namespace, WHOLE_STACK);
  }

  /** Gives the lease back; one that another command has by now stays with that command. */
  async release(): Promise<void> {
    this.#end();
    const { namespace } = this;
    const body = { preconditions: { uid: this.#uid } };
    await this.cluster
      .makeApiClient(CoordinationV1Api)
      .deleteNamespacedLease({ namespace, name: NAME, body })
      .catch((error) => {
        if (!(error instanceof ApiException && (error.code === 404 || error.code === 409))) throw error;
      });
  }

  async #renew(): Promise<void> {
    const { cluster, namespace } = this;
    const lease = await readLease(cluster, namespace);
    if (this.#ended) return;
    if (!lease || lease.metadata?.uid !== this.#uid) {
      this.#end();
      return this.listener.onLost?.();
    }
    const request = lease.metadata?.annotations?.[ANNOTATION] as Request | undefined;
    if (request) this.listener.onRequest?.(request);
    lease.spec = { ...lease.spec, renewTime: new V1MicroTime() };
    await cluster
      .makeApiClient(CoordinationV1Api)
      .replaceNamespacedLease({ namespace, name: NAME, body: lease });
  }

  #end(): void {
    this.#ended = true;
    clearInterval(this.#timer);
  }
}

/** The command that releases in a namespace, if there is one. */
export async function readHolder(cluster: KubeConfig, namespace: string): Promise<Holder | undefined> {
  const lease = await readLease(cluster, namespace);
  if (!lease) return undefined;
  const { holderIdentity = "", renewTime, leaseDurationSeconds = DURATION } = lease.spec ?? {};
  // The client's type says Date; what it reads is the text of one.
  const age = (Date.now() - new Date(renewTime ?? 0).getTime()) / 1000;
  return {
    service: lease.metadata?.annotations?.[SERVICE] ?? "",
    who: holderIdentity,
    alive: age < leaseDurationSeconds && !hasEnded(holderIdentity),
  };
}

/**
 * Tells the command that releases to end the release.
 * @returns whether there is such a command
 */
export async function sendRequest(
  cluster: KubeConfig,
  namespace: string,
  request: Request,
): Promise<boolean> {
  const holder = await readHolder(cluster, namespace);
  if (!holder?.alive) return false;
  const lease = await readLease(cluster, namespace);
  if (!lease) return false;
  lease.metadata = {
    ...lease.metadata,
    annotations: { ...lease.metadata?.annotations, [ANNOTATION]: request },
  };
  await cluster
    .makeApiClient(CoordinationV1Api)
    .replaceNamespacedLease({ namespace, name: NAME, body: lease });
  return true;
}

async function readLease(cluster: KubeConfig, namespace: string): Promise<V1Lease | undefined> {
  try {
    return await cluster.makeApiClient(CoordinationV1Api).readNamespacedLease({ namespace, name: NAME });
  } catch (error) {
    if (error instanceof ApiException && error.code === 404) return undefined;
    throw error;
  }
}

const identity = () => `${userInfo().username}@${hostname()}, process ${process.pid}`;

function hasEnded(holder: string): boolean {
  const [, machine = "", pid] = /@(.*), process (\d+)$/.exec(holder) ?? [];
  return isDead(machine, Number(pid));
}

function busy({ service, who }: Holder): Refusal {
  if (service === WHOLE_STACK) {
    return new Refusal("the whole stack is being updated, nothing was changed:", [
      `by ${who}; try again when that has ended`,
    ]);
  }
  return new Refusal(`${service} is being released, nothing was changed:`, [
    `by ${who}; see npx ops release status ${service}, end it with npx ops release abort ${service}`,
  ]);
}
