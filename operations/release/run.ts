import type { KubeConfig } from "@kubernetes/client-node";
import { listens, type Plan, type ServicePlan } from "../../model/plan";
import { Refusal } from "../errors";
import type { Change } from "../review/preview";
import { listWorkloads } from "../workloads";
import { isOfRelease, type Scope } from "./changes";
import type { Deployment } from "./deployment";
import { type ReleaseSetting, withRelease, withReleased } from "./edit";
import { judge, judgeSoFar } from "./judge";
import { deleteLeftovers } from "./leftovers";
import { count, describe, lineOf } from "./messages";
import { type Metrics, type MetricsOf, metricsOf } from "./metrics";
import { migrationFailure } from "./migration-log";
import { isWayBackClosed, type Outcome, StepFailed, TakenOver } from "./outcome";
import { pause } from "./pause";
import { readPods, smokePathsOf, smokeTest, type Target } from "./pods";
import { mostReplicas } from "./replicas";
import type { Report } from "./report";
import { untilRolledOut } from "./rollout";
import type { Step } from "./steps";
import { sendBack } from "./traffic";
import { Waits } from "./waits";

/** What is released, and how. */
export interface Release {
  cluster: KubeConfig;
  deployment: Deployment;
  plan: Plan;
  service: ServicePlan;
  /** The new version, without a weight yet. */
  setting: Omit<ReleaseSetting, "weight">;
  steps: readonly Step[];
  limits: Plan["releases"];
  /** Paths that each new pod has to answer with a status below 400. */
  smoke: readonly string[];
  /** How the versions answer. @default what Prometheus has read */
  metrics?: MetricsOf;
}

/** Milliseconds between two looks. */
const POLL = 2000;

/** So many looks in a row have to find the same fault before a step is over: one may be the scrape's. */
const LOOKS = 2;

/** One release, from its first step to its end, which is either the new version or the old one, whatever happens. */
export class Run {
  readonly #signal: AbortSignal;
  readonly #target: Target;
  readonly #metrics: MetricsOf;
  readonly #before: string;
  #old: Metrics = { requests: 0 };
  #weight = 0;
  /** The least number of replicas of both versions: a step never lowers it. */
  #replicas: number;
  #hasBegun = false;

  /**
   * @param abort ends it, with the old version serving everything
   * @param promote skips what is left of the steps
   * @param before the stack's file without the release
   */
  constructor(
    readonly release: Release,
    readonly report: Report,
    abort: AbortSignal,
    readonly promote: AbortSignal,
    before = release.deployment.text,
  ) {
    const { cluster, plan, service, setting } = release;
    this.#signal = abort;
    this.#target = { cluster, namespace: plan.namespace, service, version: setting.version };
    this.#metrics = release.metrics ?? metricsOf(cluster, plan.namespace, service.name);
    this.#before = before;
    this.#replicas = Math.max(service.replicas.min, setting.replicas ?? 0);
  }

  async go(): Promise<Outcome> {
    const { service, limits } = this.release;
    let at = "";
    try {
      const start = Date.now() - limits.hold * 1000;
      [this.#old = this.#old] = await this.#metrics([service.version], start);
      for (const step of this.release.steps) {
        if (this.promote.aborted) break;
        at = step.name;
        await this.report.during(step.name, () => this.#step(step));
      }
      at = "finish";
      await this.report.during(at, () => this.#finish());
      return { result: "released", reasons: [] };
    } catch (error) {
      // At the first step nothing was changed; later ones have something to take back, unless another command does so.
      if (error instanceof TakenOver || (error instanceof Refusal && !this.#hasBegun)) throw error;
      return this.#back(at, error as Error);
    }
  }

  async #step(step: Step): Promise<string> {
    const changed = await this.#bring(step.weight);
    const since = Date.now();
    const ready = await this.#ready();
    if (step.weight === 0) return `${ready}, ${await this.#smoke()}; ${count(changed)}`;
    if (step.hold === 0) return `${ready}; ${count(changed)}`;
    return `${await this.#watch(step, since)}; ${count(changed)}`;
  }

  /**
   * Gives the new version its share, and as many replicas as the version in use has: it may have to take everything in
   * the next moment, and so may that one, on the way back.
   * @returns how many objects were changed
   */
  async #bring(weight: number): Promise<number> {
    const { cluster, deployment, plan, service, setting } = this.release;
    const versions = [service.name, `${service.name}-${setting.version}`];
    const replicas = await mostReplicas(cluster, plan.namespace, versions);
    this.#replicas = Math.min(service.replicas.max, Math.max(this.#replicas, replicas));
    const more =
      this.#replicas > service.replicas.min ? { replicas: this.#replicas } : { replicas: undefined };
    const text = withRelease(this.#before, service.name, { ...setting, ...more, weight });
    const changed =
      text === deployment.text
        ? 0
        : await this.#withMigrationLog(() =>
            deployment.apply(text, (change) => isOfRelease(change, this.#scope("step")), this.#signal),
          );
    this.#hasBegun = true;
    this.#weight = weight;
    return changed;
  }

  /** Pulumi says that a migration has failed, and not why. */
  async #withMigrationLog<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      const { cluster, plan, service, setting } = this.release;
      if (!(error instanceof StepFailed) || !service.migration) throw error;
      const why = await migrationFailure(cluster, plan.namespace, service.name, setting.version);
      throw new StepFailed([...why, ...error.reasons]);
    }
  }

  /** Until all of the new pods are ready; one that crashes is not waited for. */
  async #ready(): Promise<string> {
    const { readyWithin } = this.release.limits;
    return this.#waits().during(async () => {
      for (const end = Date.now() + readyWithin * 1000; ; await pause(POLL / 4, this.#signal)) {
        const pods = await readPods(this.#target);
        // Its autoscaler makes a Deployment of one pod, as each is at first, as large as it has to be.
        const all = Math.max(pods.all, this.#replicas);
        if (pods.ready === all) return `${pods.ready} of ${all} pods ready`;
        const why = pods.reason ?? "there is no pod yet";
        if (pods.hopeless) throw new StepFailed([`pods  ${pods.ready} of ${all} ready: ${why}`]);
        if (Date.now() > end) {
          throw new StepFailed([`pods  ${pods.ready} of ${all} ready within ${readyWithin} s: ${why}`]);
        }
      }
    });
  }

  /** Until the version in use has its number of replicas again: without requests its autoscaler may have taken some. */
  async #asMany(): Promise<void> {
    const { cluster, limits, plan, service } = this.release;
    for (const end = Date.now() + limits.readyWithin * 1000; ; await pause(POLL, this.#signal)) {
      const replicas = await mostReplicas(cluster, plan.namespace, [service.name]);
      if (replicas >= this.#replicas) return;
      if (Date.now() > end) {
        const why = "its autoscaler gives it no more";
        throw new StepFailed([
          `Deployment ${service.name}: ${replicas} of ${this.#replicas} replicas: ${why}`,
        ]);
      }
    }
  }

  /** Says what the versions' Deployments wait for. @param patience seconds after which that is an end; none tells only */
  #waits(patience?: number): Waits {
    const { cluster, plan, service, setting } = this.release;
    return new Waits(
      [service.name, `${service.name}-${setting.version}`],
      () => listWorkloads(cluster, plan.namespace),
      (line) => this.report.note(line),
      patience,
    );
  }

  async #smoke(): Promise<string> {
    const { service, smoke } = this.release;
    const paths = smokePathsOf(service, smoke);
    if (paths.length === 0) return "no page to ask";
    const problems = await smokeTest(this.#target, await readPods(this.#target), paths);
    if (problems.length > 0) throw new StepFailed(problems.map((problem) => `smoke test  ${problem}`));
    return `smoke test passed (${paths.join(", ")})`;
  }

  /** Looks at the metrics until the step is over, or until they are bad. */
  async #watch(step: Step, since: number): Promise<string> {
    const { restarts: before } = await readPods(this.#target);
    const end = since + step.hold * 1000;
    for (let failing = 0; ; ) {
      if (this.promote.aborted) return "promoted before its time";
      await pause(POLL, this.#signal);
      const [{ restarts, hopeless, reason }, [fresh, old]] = await Promise.all([
        readPods(this.#target),
        this.#both(since),
      ]);
      const isOver = Date.now() >= end;
      const { limits } = this.release;
      const failures = (isOver ? judge : judgeSoFar)(fresh, old, restarts - before, limits);
      failing = failures.length > 0 ? failing + 1 : 0;
      if (hopeless || (isOver && failures.length > 0) || failing >= LOOKS) {
        const crash = hopeless && reason ? [`pods  ${reason}`] : [];
        throw new StepFailed([
          ...crash,
          ...failures.map(lineOf),
          `of ${fresh.requests} requests in this step`,
        ]);
      }
      this.report.progress(`${describe(fresh)} (before: ${describe(old)})`);
      if (isOver)
        return `${describe(fresh)} (before: ${describe(old)}), ${fresh.requests} requests, no restart`;
    }
  }

  /** The new version's metrics, and the old one's: as they were, once it gets too little to tell. */
  async #both(since: number): Promise<[Metrics, Metrics]> {
    const { service, setting, limits } = this.release;
    const none: Metrics = { requests: 0 };
    const [fresh = none, old = none] = await this.#metrics([setting.version, service.version], since);
    // As long as it has had none, the first ones say that there is traffic.
    if (old.requests >= limits.samples || this.#old.requests === 0) this.#old = old;
    return [fresh, this.#old];
  }

  /**
   * The new version takes the old one's place, which gets no requests any more, and then needs no second one beside it.
   * That place has as many replicas as the new version needs by now, and all of them are ready, before they are the only ones.
   */
  async #finish(): Promise<string> {
    const { deployment, limits, service, setting } = this.release;
    await this.#bring(this.#weight);
    await this.#asMany();
    const text = withReleased(this.#before, service.name, setting);
    const isMine = (change: Change) => isOfRelease(change, this.#scope("finish"));
    const ahead = {
      is: ({ label }: Change) => label === `Deployment ${service.name}`,
      inForce: (signal: AbortSignal) => untilRolledOut(this.#target, limits.readyWithin, signal),
    };
    const changed = await this.#waits(limits.readyWithin).during(
      (signal) => deployment.apply(text, isMine, signal, ahead),
      this.#signal,
    );
    return `${setting.version} serves everything, ${service.version} is gone; ${count(changed)}`;
  }

  async #back(at: string, error: Error): Promise<Outcome> {
    const { cluster, deployment, plan, service, setting } = this.release;
    const reasons = error instanceof StepFailed ? error.reasons : error.message.split("\n");
    if (isWayBackClosed({ ...setting, weight: this.#weight })) return { result: "held", at, reasons };
    // Interrupted before its first step: there is nothing to take back.
    if (deployment.text === this.#before) return { result: "rolled back", at, reasons };
    this.report.fail(reasons);
    // First those who wait for an answer, then the stack: that takes its time on a busy machine.
    if (listens(service)) {
      await this.report.during("traffic", async () => {
        const routes = await sendBack(cluster, plan, service.name);
        return `${service.version} serves everything: ${routes.join(", ")}`;
      });
    }
    await this.report.during("back", async () => {
      await this.#waits().during(() => deployment.restore(this.#before, false));
      await deleteLeftovers(cluster, plan.namespace, service.name, setting.version);
      return "the stack is as it was";
    });
    return { result: "rolled back", at, reasons };
  }

  #scope(phase: Scope["phase"]): Scope {
    const { service, setting } = this.release;
    return { service: service.name, version: setting.version, phase };
  }
}
