import { setImmediate as turn } from "node:timers/promises";
import { expect } from "chai";
import { StepFailed } from "../../../operations/release/outcome";
import { Waits } from "../../../operations/release/waits";
import type { Workload } from "../../../operations/workloads";
import { clock } from "../../support/clock";
import { gate } from "../../support/gate";

const FULL = "unschedulable: 0/1 nodes are available: 1 Insufficient cpu.";
const ROOM = "make room: fewer replicas or smaller requests in the stack's file, or another node";

/** auth-service, and why it is not ready. */
const workload = (reason: string, severity: number, pod = "auth-service-b", name = "auth-service") =>
  ({ kind: "Deployment", namespace: "malai", name, ready: false, reason, severity, pod }) as Workload;

describe("The wait of a release for its pods", () => {
  beforeEach(() => clock.stop());
  afterEach(() => clock.restart());

  /** Waits, and after each two seconds the next answer; the last one stays. */
  function waiting(...answers: Workload[][]) {
    const told: string[] = [];
    let look = 0;
    const list = async () => answers[Math.min(look++, answers.length - 1)] ?? [];
    const waits = new Waits(["auth-service", "auth-service-v2"], list, (line) => told.push(line), 180);
    return { waits, told };
  }

  async function pass(seconds: number) {
    for (let left = seconds; left > 0; left -= 2) {
      await clock.pass(2000);
      for (let turns = 0; turns < 5; turns++) await turn();
    }
  }

  it("[R27] tells within a minute that a node is full, once, and what to do", async () => {
    const { waits, told } = waiting([workload(FULL, 2)]);
    const waited = waits.during(() => new Promise<void>(() => {})).catch(() => {});
    await pass(18);
    expect(told).to.deep.equal([]);
    await pass(42);
    expect(told).to.deep.equal([`Deployment auth-service waits: ${FULL}`, `  ${ROOM}`]);
    await pass(60);
    expect(told).to.have.lengthOf(2);
    void waited;
  });

  it("[R27] ends the wait after the stack's readyWithin, with the reason, where Pulumi would wait for ten minutes", async () => {
    const { waits } = waiting([workload(FULL, 2)]);
    let interrupted: unknown;
    const update = (signal: AbortSignal) =>
      new Promise<void>((_, reject) =>
        signal.addEventListener("abort", () => {
          interrupted = signal.reason;
          reject(signal.reason);
        }),
      );
    const ended = waits.during(update).catch((error) => error);
    await pass(170);
    expect(interrupted).to.equal(undefined);
    await pass(20);
    const error = await ended;
    expect(error).to.be.instanceOf(StepFailed);
    expect(error.reasons).to.deep.equal([`Deployment auth-service: ${FULL}`, `  ${ROOM}`]);
    expect(interrupted).to.equal(error);
  });

  it("[R27] ends the wait at once for what waiting does not mend", async () => {
    const crash = "CrashLoopBackOff: auth-service ended with 1: Error: no key";
    const { waits } = waiting([workload(crash, 3)]);
    const ended = waits
      .during(
        (signal) =>
          new Promise<void>((_, reject) => signal.addEventListener("abort", () => reject(signal.reason))),
      )
      .catch((error) => error);
    await pass(24);
    expect((await ended).reasons[0]).to.equal(`Deployment auth-service: ${crash}`);
  });

  it("[R27] adds the reason to a failure that does not know it", async () => {
    const { waits } = waiting([workload(FULL, 2)]);
    let fail = (_: Error) => {};
    const ended = waits
      .during(() => new Promise<void>((_, reject) => (fail = reject)))
      .catch((error) => error);
    await pass(4);
    fail(new StepFailed(["Deployment auth-service: timed out waiting to be Ready"]));
    expect((await ended).reasons).to.deep.equal([
      `Deployment auth-service: ${FULL}`,
      `  ${ROOM}`,
      "Deployment auth-service: timed out waiting to be Ready",
    ]);
  });

  it("[R27] says nothing of pods that start one after the other, nor of other workloads", async () => {
    const starting = (pod: string) => [workload("Readiness probe failed: 503", 2, pod)];
    const other = workload(FULL, 2, "x", "event-service");
    const answers = Array.from({ length: 60 }, (_, look) => [
      ...starting(`auth-${Math.floor(look / 5)}`),
      other,
    ]);
    const { waits, told } = waiting(...answers);
    const { opened, open } = gate();
    const waited = waits.during(() => opened);
    await pass(116);
    open();
    await waited;
    expect(told).to.deep.equal([]);
  });
});
