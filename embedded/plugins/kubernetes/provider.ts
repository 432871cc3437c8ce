import {
  type CheckRequest,
  type CheckResult,
  type Created,
  type CreateRequest,
  type DeleteRequest,
  type Diff,
  type DiffRequest,
  type Engine,
  hasUnknown,
  PartialFailure,
  type Properties,
  type Provider,
  type ReadRequest,
  type ReadResult,
  reveal,
  type UpdateRequest,
} from "../protocol/index";
import { AlreadyThereError, createObject, updateObject, type Writer } from "./apply";
import { awaiterOf, WaitFailure, waitUntilReady } from "./await/index";
import { checkedInputs, inNamespace, unsupported } from "./check";
import { Cluster } from "./cluster";
import { readConfig } from "./config";
import { DELETE_TIMEOUT, deleteObject } from "./delete";
import { diffInputs } from "./diff";
import { isMissingGround, NoKindError, UnreachableError, withoutSecrets } from "./errors";
import { invokeFunction } from "./invoke";
import { annotation, annotations, idOf, type KubeObject, title, toManifest } from "./object";
import { fieldManagerOf } from "./ownership";
import { readObject } from "./read";
import { dryRunOutputs, fieldManagerIn, initialVersionIn, previewOutputs, toOutputs } from "./state";

/** Objects of any kind in one cluster, from their inputs to ready and back. */
export class KubernetesProvider implements Provider {
  private cluster!: Cluster;
  private readonly cancelled = new AbortController();
  /** Resources of the state; when one of them is created again, that is a replacement of itself. */
  private readonly known = new Set<string>();

  constructor(private readonly engine: Engine) {}

  async configure(inputs: Properties): Promise<void> {
    this.cluster = new Cluster(readConfig(inputs));
  }

  cancel(): void {
    this.cancelled.abort();
  }

  async invoke(token: string, args: Properties): Promise<Properties> {
    return invokeFunction(token, reveal(args));
  }

  async check(request: CheckRequest): Promise<CheckResult> {
    if (Object.keys(request.olds).length > 0) this.known.add(request.urn);
    const failure = unsupported(request, request.news);
    if (failure) return { inputs: request.news, failures: [failure] };
    const inputs = checkedInputs(request);
    // The API server's own default needs no mention.
    const placed = this.cluster.config.namespace !== "default" && (await this.cluster.isNamespaced(inputs));
    return { inputs: placed ? inNamespace(inputs, this.cluster.config.namespace) : inputs, failures: [] };
  }

  async diff(request: DiffRequest): Promise<Diff> {
    const { configMapMutable, secretMutable, namespace } = this.cluster.config;
    const diff = diffInputs(request, namespace, { configMap: configMapMutable, secret: secretMutable });
    if (annotation(request.news, annotations.replaceUnready) !== "true" || request.news.kind !== "Job")
      return diff;
    const found = await this.find(request);
    if (!found || awaiterOf(found)?.judge(found).ready) return diff;
    const path = `metadata.annotations["${annotations.replaceUnready}"]`;
    return { ...diff, changes: true, replaces: [...diff.replaces, path], deleteBeforeReplace: true };
  }

  async create(request: CreateRequest): Promise<Created> {
    const { urn, inputs, preview, timeout } = request;
    if (preview && hasUnknown(inputs)) return { id: "", outputs: previewOutputs(inputs) };
    const manager = fieldManagerOf(inputs, fieldManagerIn({}));
    let live: KubeObject;
    try {
      live = await createObject(this.writer(urn), inputs, manager, preview);
    } catch (error) {
      // What it stands on may be created, and what is in its place deleted, by the same update.
      const notYet = isMissingGround(error) || (error instanceof AlreadyThereError && this.known.has(urn));
      if (preview && notYet) return { id: "", outputs: previewOutputs(inputs) };
      throw plain(error, inputs);
    }
    if (preview) return { id: "", outputs: dryRunOutputs(live, inputs, true) };
    this.cluster.forgetKindsOf(live);
    const ready = await this.ready(urn, live, inputs, timeout, manager, live.apiVersion);
    return { id: idOf(ready), outputs: toOutputs(ready, inputs, manager, live.apiVersion) };
  }

  async read(request: ReadRequest): Promise<ReadResult | undefined> {
    try {
      return await readObject(this.cluster, request);
    } catch (error) {
      if (error instanceof PartialFailure) throw error;
      if (!(error instanceof UnreachableError)) throw plain(error, request.inputs);
      if (this.cluster.config.deleteUnreachable) return undefined;
      if (this.cluster.config.skipUpdateUnreachable) return request;
      throw new Error(
        `${error.message}; if the cluster is gone for good, set PULUMI_K8S_DELETE_UNREACHABLE=true to forget what was in it`,
      );
    }
  }

  async update(request: UpdateRequest): Promise<Properties> {
    const { urn, olds, oldInputs, news, preview, timeout, ignoreChanges } = request;
    if (preview && hasUnknown(news)) return previewOutputs(news);
    const manager = fieldManagerOf(news, fieldManagerIn(olds));
    let live: KubeObject;
    try {
      live = await updateObject(this.writer(urn), oldInputs, news, manager, ignoreChanges, preview);
    } catch (error) {
      if (preview && error instanceof NoKindError) return previewOutputs(news);
      throw plain(error, [news, oldInputs]);
    }
    if (preview) return dryRunOutputs(live, news, false);
    this.cluster.forgetKindsOf(live);
    const version = initialVersionIn(olds, oldInputs);
    const ready = await this.ready(urn, live, news, timeout, manager, version);
    return toOutputs(ready, news, manager, version);
  }

  async delete({ urn, oldInputs, outputs, id, timeout }: DeleteRequest): Promise<void> {
    const object = {
      ...toManifest(oldInputs),
      ...pick(toManifest(outputs), ["apiVersion", "kind", "metadata"]),
    };
    try {
      await deleteObject(
        this.writer(urn),
        object,
        oldInputs,
        this.timeoutOf(oldInputs, timeout) || DELETE_TIMEOUT,
      );
    } catch (error) {
      if (error instanceof UnreachableError && this.cluster.config.deleteUnreachable) {
        this.engine.log(
          "warning",
          `${title(object)} (${id}) is forgotten without being deleted: ${error.message}`,
          urn,
        );
        return;
      }
      throw plain(error, oldInputs);
    }
    this.cluster.forgetKindsOf(object);
  }

  /** Waits, and turns a wait in vain into what the state can hold. */
  private async ready(
    urn: string,
    live: KubeObject,
    inputs: Properties,
    timeout: number,
    manager: string,
    version: string,
  ): Promise<KubeObject> {
    const awaiter = awaiterOf(live);
    if (!awaiter || annotation(inputs, annotations.skipAwait) === "true") return live;
    const { client, discovery } = this.cluster;
    const { onStatus, onWarning } = this.reporter(urn, inputs);
    const context = { client, discovery, signal: this.cancelled.signal, onStatus, onWarning };
    try {
      const ready = await waitUntilReady(context, awaiter, live, this.timeoutOf(inputs, timeout));
      onStatus("");
      return ready;
    } catch (error) {
      const last = error instanceof WaitFailure ? error.live : live;
      const reasons = error instanceof WaitFailure ? error.reasons : [(error as Error).message];
      throw new PartialFailure(
        idOf(last),
        toOutputs(last, inputs, manager, version),
        reasons.map((text) => withoutSecrets(text, inputs)),
      );
    }
  }

  /** Seconds: the `customTimeouts` option goes before the annotation; 0 for the default. */
  private timeoutOf(inputs: Properties, option: number): number {
    return option || Number(annotation(inputs, annotations.timeoutSeconds) ?? 0) || 0;
  }

  private writer(urn: string): Writer {
    const { client, discovery } = this.cluster;
    const { namespace, serverSideApply, patchForce, upsert } = this.cluster.config;
    return {
      client,
      discovery,
      namespace,
      serverSideApply,
      patchForce,
      upsert,
      signal: this.cancelled.signal,
      ...this.reporter(urn, {}),
    };
  }

  private reporter(urn: string, inputs: Properties) {
    return {
      onStatus: (text: string) => this.engine.status(urn, withoutSecrets(text, inputs)),
      onWarning: (text: string) => {
        if (this.cluster.config.suppressDeprecationWarnings && /deprecated/.test(text)) return;
        this.engine.log("warning", withoutSecrets(text, inputs), urn);
      },
    };
  }

  private async find({ id, type, urn, name, news, olds }: DiffRequest): Promise<KubeObject | undefined> {
    const found = await this.read({ id, type, urn, name, inputs: news, outputs: olds }).catch(
      (error: unknown) => {
        if (error instanceof PartialFailure) return { outputs: error.outputs };
        throw error;
      },
    );
    return found && toManifest(found.outputs);
  }
}

/** The error for the person at the keyboard: no secrets, and what a missing object means. */
function plain(error: unknown, inputs: unknown): Error {
  const message = error instanceof Error ? error.message : String(error);
  return new Error(withoutSecrets(message, inputs), { cause: error });
}

function pick(object: KubeObject, keys: (keyof KubeObject)[]): Partial<KubeObject> {
  return Object.fromEntries(keys.filter((key) => object[key] !== undefined).map((key) => [key, object[key]]));
}
