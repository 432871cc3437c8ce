import { expect } from "chai";
import { until } from "../../support/until";
import { pendingIn, runs } from "../support/kill";
import { passwords } from "../support/ownership";
import { small } from "../support/small";
import { summaryOf } from "../support/stack";

/** Seconds for which a Deployment of the copied program is awaited; in the product it is five minutes. */
const WAIT = 8;

const GATEWAY = "::small-api-gateway";

/** The gateway's Deployment as the state has it. */
async function gatewayInState() {
  const { resources } = await small.state();
  return resources.find(({ urn, type }) => urn.endsWith(GATEWAY) && type.endsWith(":Deployment"));
}

/** Secret values that are no word of their own, as the name of a login is. */
async function generated(): Promise<string[]> {
  const values = Object.values(await passwords()).map((value) => Buffer.from(value, "base64").toString());
  return values.filter((value) => value.length >= 12);
}

/** What the ups that failed have said. */
let log = "";

/** One rollout after the other that cannot succeed, and none of them is put right before the last one. */
describe("An up that fails", () => {
  let podsAllowed = "";

  const waits = "Deployment: { first: 300, further: 30 }";
  const short = `Deployment: { first: ${WAIT}, further: 0 }`;
  before(async () => {
    await small.ensureUp();
    await small.rewrite("components/kube/waits.ts", waits, short);
  });
  // The tests to come wait for what can succeed; the wait is in an annotation, so what is up has to learn of it.
  after(async () => {
    await small.rewrite("components/kube/waits.ts", short, waits);
    await small.up();
  });

  const limitPods = (pods: string) =>
    small.kubectl(
      "patch",
      "resourcequota/platform",
      "--type=merge",
      "--patch",
      JSON.stringify({ spec: { hard: { pods } } }),
    );

  it("says that a quota lets no pod in", async () => {
    podsAllowed = (await small.get("resourcequota/platform")).spec.hard.pods;
    await limitPods("1");
    await small.set({ configuration: { LOG_LEVEL: "debug" } });
    const { exitCode, all } = await small.makeUp();
    log += all;
    expect(exitCode).to.not.equal(0);
    expect(all).to.match(/exceeded quota: platform/);
  });

  it("keeps the object in the state, as one to be updated again", async () => {
    const gateway = await gatewayInState();
    expect(gateway?.id, log).to.equal("small/api-gateway");
    expect(gateway?.initErrors).to.have.length.of.at.least(1);
    expect(summaryOf(await small.changes())).to.include("update Deployment small-api-gateway");
  });

  it("says that an image cannot be pulled, and which", async () => {
    await limitPods(podsAllowed);
    // Not by make up, which would make the image.
    await small.set({ "services/api-gateway": { tag: "missing" } });
    const { exitCode, all } = await small.up();
    log += all;
    expect(exitCode, all).to.not.equal(0);
    expect(all)
      .to.match(/docker\.io\/malai\/api-gateway:missing/)
      .and.match(/ImagePull/);
  });

  it("is ended in order by Ctrl-C in the middle of a wait", async () => {
    await small.set({ "services/api-gateway": undefined });
    const started = small.start("make up");
    const operation = "updating Deployment small-api-gateway";
    await until(
      "the wait has begun",
      60,
      async () => pendingIn(await small.checkpoint()),
      (all) => all.includes(operation),
    );
    if (started.pid === undefined) throw new Error("make up did not start");
    process.kill(-started.pid, "SIGINT");
    const { exitCode, all } = await started;
    expect(exitCode, all).to.equal(130);
    expect(runs(started.pid)).to.equal(false);
    expect(pendingIn(await small.checkpoint())).to.deep.equal([]);
    expect((await small.run("pulumi", "stack", "export", "--stack", "small")).exitCode).to.equal(0);
  });

  it("is gone on from by the next make up, once what was wrong is put right", async () => {
    const { exitCode, all } = await small.makeUp();
    expect(exitCode, all).to.equal(0);
    expect((await gatewayInState())?.initErrors ?? []).to.deep.equal([]);
    expect(await small.changes()).to.deep.equal([]);
    expect(
      await small.kubectl("exec", "deployment/api-gateway", "--", "node", "-p", "process.env.LOG_LEVEL"),
    ).to.equal("debug");
  });
});

describe("A login's Job that has failed", () => {
  const LOGIN = "::small-database-auth-service";
  const deadline = "export const JOB_DEADLINE = 300;";
  const short = "export const JOB_DEADLINE = 20;";
  const inState = async () => {
    const { resources } = await small.state();
    return resources.find(({ urn, type }) => urn.endsWith(LOGIN) && type.endsWith(":Job"));
  };
  const conditions = async () =>
    (await small.get("job/postgres-auth-service")).status.conditions.map(
      ({ type }: { type: string }) => type,
    );

  before(async () => {
    await small.ensureUp();
    await small.rewrite("components/kube/waits.ts", deadline, short);
    await small.kubectl("scale", "statefulset/postgres", "--replicas=0");
    await small.kubectl("wait", "--for=delete", "pod/postgres-0", "--timeout=120s");
  });
  after(async () => {
    await small.rewrite("components/kube/waits.ts", short, deadline);
    await small.up();
  });

  it("[R35] is made anew by the next pulumi up, though nothing of it has changed", async () => {
    const { urn } = (await inState()) ?? {};
    const failed = await small.up("--replace", urn);
    expect(failed.exitCode, failed.all).to.not.equal(0);
    expect(await conditions(), "its server is not there").to.include("Failed");

    await small.kubectl("scale", "statefulset/postgres", "--replicas=1");
    await small.kubectl("rollout", "status", "statefulset/postgres", "--timeout=180s");
    const { exitCode, all } = await small.up();
    expect(exitCode, all).to.equal(0);
    expect(await conditions())
      .to.include("Complete")
      .and.not.include("Failed");
    expect((await inState())?.initErrors ?? []).to.deep.equal([]);
  });
});

describe("make up", () => {
  const maxUnavailable = "maxUnavailable: 1,";
  const level = async () => (await small.get("configmap/configuration")).data.LOG_LEVEL;

  /** What is changed beside what is refused. */
  const otherChange = (value: string) => small.set({ configuration: { LOG_LEVEL: value } });

  it("[R52] changes nothing where the API server would refuse one of the objects", async () => {
    await small.ensureUp();
    const before = await level();
    const both = `${maxUnavailable} minAvailable: 1,`;
    await small.rewrite("components/kube/disruption-budget.ts", maxUnavailable, both);
    await otherChange("warn");
    const { exitCode, all } = await small.makeUp();
    await small.rewrite("components/kube/disruption-budget.ts", both, maxUnavailable);
    expect(exitCode, all).to.equal(1);
    expect(all)
      .to.contain("nothing was changed")
      .and.match(/minAvailable and maxUnavailable cannot be both set/);
    expect(await level(), all).to.equal(before);
  });

  it("[R52] changes nothing where a house rule is broken", async () => {
    const before = await level();
    await small.set({ tier: "production", certificate: { secret: "own-tls" } });
    await otherChange("error");
    const { exitCode, all } = await small.makeUp();
    await small.set({ tier: "development", certificate: "self-signed" });
    // As for every refusal of what is written in the checkout.
    expect(exitCode, all).to.equal(2);
    expect(all)
      .to.match(/house rules are broken by stack small, nothing was changed:/)
      .and.contain("is not pinned in production");
    expect(await level(), all).to.equal(before);
  });

  it("[R52] changes what is left of it when nothing refuses any more", async () => {
    const { exitCode, all } = await small.makeUp();
    expect(exitCode, all).to.equal(0);
    expect(await level()).to.equal("error");
    expect(await small.changes()).to.deep.equal([]);
  });
});

describe("A secret", () => {
  it("is in nothing that a failed up says", async () => {
    const values = await generated();
    expect(values).to.not.be.empty;
    expect(log).to.contain("exceeded quota");
    // Counted, so that this test does not tell them either.
    expect(values.filter((value) => log.includes(value))).to.have.lengthOf(0);
  });

  it("is in clear nowhere in the state, neither as it is nor in base64", async () => {
    const state = JSON.stringify(await small.state());
    const values = await generated();
    expect(values).to.not.be.empty;
    for (const value of values) {
      expect(state).to.not.contain(value).and.not.contain(Buffer.from(value).toString("base64"));
    }
  });
});
