import type { KubeConfig } from "@kubernetes/client-node";
import { frontDoorRule } from "../../components/mesh/destination-rules";
import type { Plan, ServicePlan } from "../../components/plan";
import { Refusal } from "../errors";
import type { Change } from "../review/preview";
import type { Deployment } from "./deployment";
import { type ReleaseSetting, withRelease, withReleased } from "./edit";
import { type Figures, type FiguresOf, figuresOf } from "./figures";
import { judge, judgeSoFar } from "./judge";
import { deleteLeftovers } from "./leftovers";
import { isWayBackClosed, type Outcome, StepFailed, TakenOver } from "./outcome";
import { pause } from "./pause";
import { readPods, smokeTest, type Target } from "./pods";
import type { Report } from "./report";
import type { Step } from "./steps";
import { sendBack } from "./traffic";
import { count, describe, lineOf } from "./words";

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
}

/** Milliseconds between two looks. */
const POLL = 2000;

/** So many looks in a row have to find the same fault before a step is over: one may be the scrape's. */
const LOOKS = 2;

/** One release, from its first step to its end, which is either the new version or the old one, whatever happens. */
export class Run {
  readonly #signal: AbortSignal;
  readonly #target: Target;
  readonly #figures: FiguresOf;
  readonly #before: string;
  #old: Figures = { requests: 0 };
  #weight = 0;
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
    this.#figures = figuresOf(cluster, plan.namespace, service.name);
    this.#before = before;
  }

  async go(): Promise<Outcome> {
    const { service, limits } = this.release;
    let at = "";
    try {
      const start = Date.now() - limits.hold * 1000;
      [this.#old = this.#old] = await this.#figures([service.version], start);
      for (const step of this.release.steps) {
        if (this.promote.aborted) break;
        at = step.name;
        await this.report.during(step.name, () => this.#step(step));
      }
      at = "finish";
      await this.report.during(at, () => this.#finish());
      return { result: "released", reasons: [] };
    } catch (error) {
      // At the first step nothing was changed; later ones have something to take back, unless somebody else does so.
      if (error instanceof TakenOver || (error instanceof Refusal && !this.#hasBegun)) throw error;
      return this.#back(at, error as Error);
    }
  }

  async #step(step: Step): Promise<string> {
    const { deployment, service, setting } = this.release;
    const text = withRelease(this.#before, service.name, { ...setting, weight: step.weight });
    const changed =
      text === deployment.text
        ? 0
        : await deployment.apply(text, (change) => this.#isMine(change), this.#signal);
    this.#hasBegun = true;
    this.#weight = step.weight;
    const since = Date.now();
    const ready = await this.#ready();
    if (step.weight === 0) return `${ready}, ${await this.#smoke()}; ${count(changed)}`;
    if (step.hold === 0) return `${ready}; ${count(changed)}`;
    return `${await this.#watch(step, since)}; ${count(changed)}`;
  }

  /** Until all of the new pods are ready; one that crashes is not waited for. */
  async #ready(): Promise<string> {
    const { readyWithin } = this.release.limits;
    for (const end = Date.now() + readyWithin * 1000; ; await pause(POLL / 4, this.#signal)) {
      const pods = await readPods(this.#target);
      if (pods.all > 0 && pods.ready === pods.all) return `${pods.ready} of ${pods.all} pods ready`;
      const why = pods.reason ?? "there is no pod yet";
      if (pods.hopeless) throw new StepFailed([`pods  ${pods.ready} of ${pods.all} ready: ${why}`]);
      if (Date.now() > end) {
        throw new StepFailed([`pods  ${pods.ready} of ${pods.all} ready within ${readyWithin} s: ${why}`]);
      }
    }
  }

  async #smoke(): Promise<string> {
    const { service, smoke } = this.release;
    const paths = [service.probes.readiness.path, ...smoke];
    const problems = await smokeTest(this.#target, await readPods(this.#target), paths);
    if (problems.length > 0) throw new StepFailed(problems.map((problem) => `smoke test  ${problem}`));
    return `smoke test passed (${paths.join(", ")})`;
  }

  /** Looks at the figures until the step is over, or until they are bad. */
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

  /** The new version's figures, and the old one's: as they were, once it gets too little to tell. */
  async #both(since: number): Promise<[Figures, Figures]> {
    const { service, setting, limits } = this.release;
    const none: Figures = { requests: 0 };
    const [fresh = none, old = none] = await this.#figures([setting.version, service.version], since);
    if (old.requests >= limits.samples) this.#old = old;
    return [fresh, this.#old];
  }

  /** The new version takes the old one's place, which nobody is sent to any more, and then needs no second one beside it. */
  async #finish(): Promise<string> {
    const { deployment, service, setting } = this.release;
    const text = withReleased(this.#before, service.name, setting);
    const changed = await deployment.apply(text, (change) => this.#isMine(change), this.#signal);
    return `${setting.version} serves everything, ${service.version} is gone; ${count(changed)}`;
  }

  async #back(at: string, error: Error): Promise<Outcome> {
    const { cluster, deployment, plan, service, setting } = this.release;
    const reasons = error instanceof StepFailed ? error.reasons : [error.message];
    if (isWayBackClosed({ ...setting, weight: this.#weight })) return { result: "held", at, reasons };
    // Interrupted before its first step: there is nothing to take back.
    if (deployment.text === this.#before) return { result: "rolled back", at, reasons };
    this.report.fail(reasons);
    // First those who wait for an answer, then the stack: that takes its time on a busy machine.
    await this.report.during("traffic", async () => {
      const routes = await sendBack(cluster, plan, service.name);
      return `${service.version} serves everything: ${routes.join(", ")}`;
    });
    await this.report.during("back", async () => {
      await deployment.restore(this.#before, false);
      await deleteLeftovers(cluster, plan.namespace, `${service.name}-${setting.version}`);
      return "the stack is as it was";
    });
    return { result: "rolled back", at, reasons };
  }

  /** The service's own objects, and the front door's routes, which have its weights too. */
  #isMine({ kind, label }: Change): boolean {
    const { service, setting } = this.release;
    const name = label.slice(kind.length + 1);
    const own = [service.name, `${service.name}-${setting.version}`, frontDoorRule(service.name)];
    return own.includes(name) || (kind === "VirtualService" && /^front-door(-inside)?$/.test(name));
  }
}
