import { setImmediate as turn } from "node:timers/promises";
import { expect } from "chai";
import { Awaited, type AwaitedWorkload } from "../../../operations/events/awaited";
import { lineOf, reasonsOf, WaitingReport } from "../../../operations/events/waiting-report";
import { clock } from "../../support/clock";

const T0 = Date.UTC(2026, 0, 1);
const PULL = 'ImagePullBackOff: Back-off pulling image "malai/payment:2"';

const workload = (name: string, changes: Partial<AwaitedWorkload> = {}): AwaitedWorkload => ({
  kind: "Deployment",
  namespace: "malai",
  name,
  since: T0,
  until: T0 + 300_000,
  ...changes,
});
const found = (name: string, changes: object = {}) => ({
  kind: "Deployment",
  name,
  ready: false,
  ...changes,
});

/** The engine's metadata of a step on a Deployment. */
const step = (op: string, name: string, annotations: object = { "pulumi.com/timeoutSeconds": "360" }) => ({
  op,
  urn: `urn:pulumi:dev::platform::kubernetes:apps/v1:Deployment::malai-${name}`,
  type: "kubernetes:apps/v1:Deployment",
  new: { inputs: { metadata: { name, namespace: "malai", annotations } } },
});

describe("What a Pulumi run waits for", () => {
  it("is a workload from its step's begin to its end, and as long as its annotation says", () => {
    const awaited = new Awaited(() => T0);
    awaited.begins(step("create", "auth-service"));
    expect(awaited.waiting).to.deep.equal([workload("auth-service", { until: T0 + 360_000 })]);
    awaited.ends(step("create", "auth-service"));
    expect(awaited.waiting).to.deep.equal([]);
    expect(awaited.failed).to.deep.equal([]);
  });

  it("is not what is deleted, unchanged or not waited for", () => {
    const awaited = new Awaited(() => T0);
    awaited.begins(step("same", "a"));
    awaited.begins(step("delete-replaced", "b"));
    awaited.begins(step("create", "c", { "pulumi.com/skipAwait": "true" }));
    awaited.begins({ ...step("create", "d"), type: "kubernetes:core/v1:ConfigMap" });
    expect(awaited.waiting).to.deep.equal([]);
  });

  it("is given up when its step fails, after the provider's ten minutes where nothing else is said", () => {
    const awaited = new Awaited(() => T0);
    awaited.begins(step("update", "auth-service", {}));
    awaited.fails(step("update", "auth-service"));
    expect(awaited.waiting).to.deep.equal([]);
    expect(awaited.failed).to.deep.equal([workload("auth-service", { until: T0 + 600_000 })]);
  });
});

describe("Why a Pulumi run waits", () => {
  beforeEach(() => clock.stop(T0));
  afterEach(() => clock.restart());

  it("is told of the workloads in progress alone, the worst first", () => {
    const reasons = reasonsOf(
      [workload("a"), workload("b"), workload("c"), workload("new")],
      [
        found("a", { reason: "is starting", severity: 1 }),
        found("b", { reason: PULL, severity: 2 }),
        found("c", { ready: true }),
        found("another", { reason: "app ended with 1", severity: 3 }),
      ],
    );
    expect(reasons.map(({ name, reason }) => [name, reason])).to.deep.equal([
      ["b", PULL],
      ["a", "is starting"],
      ["new", "is being created"],
    ]);
  });

  it("is one line: what, why, and how long it still waits", () => {
    const waiting = { ...workload("payment-service"), reason: PULL, severity: 2 };
    expect(lineOf(waiting, 0, T0 + 50_000)).to.equal(
      `waiting for Deployment payment-service: ${PULL} (gives up in 4 min 10 s)`,
    );
    expect(lineOf(waiting, 2, T0 + 50_000)).to.match(/\(gives up in 4 min 10 s\), and for 2 more$/);
    const long = lineOf({ ...waiting, reason: "x".repeat(500) }, 0, T0);
    expect(long).to.contain(`${"x".repeat(199)}… (gives up in 5 min 00 s)`);
  });

  /** A run that has waited for ten seconds already, and what it has told after a look for each answer. */
  async function toldBy(isTerminal: boolean, answers: object[][]) {
    const awaited = new Awaited();
    awaited.begins(step("create", "payment-service"));
    awaited.begins(step("create", "auth-service"));
    await clock.pass(10_000);
    const lines: string[] = [];
    let looks = 0;
    const list = async () => answers[Math.min(looks++, answers.length - 1)] as any[];
    const report = new WaitingReport(awaited, (line) => lines.push(line), list, isTerminal);
    const run = report.run();
    await turn();
    for (let look = 1; look < answers.length; look++) {
      await clock.pass(1999);
      expect(looks).to.equal(look);
      await clock.pass(1);
    }
    expect(looks).to.equal(answers.length);
    report.stop();
    await clock.pass(2000);
    await run;
    return { lines: lines.map((line) => line.replace(/ \(gives up in .*?\)/, "")), awaited, report };
  }
  const pulling = [
    found("payment-service", { reason: PULL, severity: 2 }),
    found("auth-service", { reason: "is starting", severity: 1 }),
  ];

  it("is told once where lines stay, and again when the reason is another one", async () => {
    const crashing = [
      found("payment-service", { reason: "app ended with 1", severity: 3 }),
      found("auth-service", { ready: true }),
    ];
    const { lines } = await toldBy(false, [pulling, pulling, crashing]);
    expect(lines).to.deep.equal([
      `waiting for Deployment payment-service: ${PULL}`,
      "waiting for Deployment auth-service: is starting",
      "waiting for Deployment payment-service: app ended with 1",
    ]);
  });

  it("is told anew at each look on a terminal, which has one line", async () => {
    const { lines } = await toldBy(true, [pulling, pulling]);
    const line = `waiting for Deployment payment-service: ${PULL}, and for 1 more`;
    expect(lines).to.deep.equal([line, line]);
  });

  it("is not told of what is ready within seconds", async () => {
    const awaited = new Awaited();
    awaited.begins(step("create", "payment-service"));
    const told: string[] = [];
    let looks = 0;
    const list = async () => {
      looks++;
      return pulling as any[];
    };
    const report = new WaitingReport(awaited, (line) => told.push(line), list, false);
    void report.run();
    await turn();
    for (let look = 0; look < 2; look++) await clock.pass(2000);
    expect([looks, told]).to.deep.equal([0, []]);
    // By the next look, more than five seconds after its begin, it would be told.
    awaited.ends(step("create", "payment-service"));
    await clock.pass(2000);
    expect([looks, told]).to.deep.equal([0, []]);
    report.stop();
  });

  it("[R27] [R56] is told of everything that was given up in the end, with what to do about it", async () => {
    const { awaited, report } = await toldBy(false, [pulling]);
    awaited.fails(step("create", "payment-service"));
    awaited.fails(step("create", "auth-service"));
    expect(await report.reasons()).to.deep.equal([
      `Deployment payment-service: ${PULL}`,
      "  name an image that the nodes can pull in the stack's platform:images, or import it",
      "Deployment auth-service: is starting",
      "  see its events: kubectl -n malai describe deployment auth-service",
    ]);
  });

  it("[R27] is what was seen before a Job was over, whose pods are gone with it", async () => {
    const over = [
      found("payment-service", { reason: "Job was active longer than specified deadline", severity: 3 }),
      found("auth-service", { ready: true }),
    ];
    const { awaited, report } = await toldBy(false, [pulling, over]);
    awaited.fails(step("create", "payment-service"));
    awaited.fails(step("create", "auth-service"));
    expect(await report.reasons()).to.deep.equal([
      `Deployment payment-service: Job was active longer than specified deadline; before that: ${PULL}`,
      "  name an image that the nodes can pull in the stack's platform:images, or import it",
      "Deployment auth-service: was ready too late",
      "  run make up again",
    ]);
  });
});
