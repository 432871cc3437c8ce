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

/** One rollout after the other that cannot succeed, and none of them is put right before the last one. */
describe("An up that fails", () => {
  let log = "";
  let podsAllowed = "";

  const waits = "Deployment: { first: 300, further: 30 }";
  const short = `Deployment: { first: ${WAIT}, further: 0 }`;
  before(async () => {
    await small.ensureUp();
    await small.rewrite("components/kube/waits.ts", waits, short);
  });
  // The tests to come wait for what can succeed.
  after(() => small.rewrite("components/kube/waits.ts", short, waits));

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
    log = all;
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

describe("make up", () => {
  const maxUnavailable = "maxUnavailable: 1,";
  const level = async () => (await small.get("configmap/configuration")).data.LOG_LEVEL;

  /** What is changed beside what is refused. */
  const otherChange = (value: string) => small.set({ configuration: { LOG_LEVEL: value } });

  it("[R52] changes nothing where the API server would refuse one of the objects", async () => {
    await small.ensureUp();
    const before = await level();
    const both = `${maxUnavailable} minAvailable: 1,`;
    await small.rewrite("components/disruption.ts", maxUnavailable, both);
    await otherChange("warn");
    const { exitCode, all } = await small.makeUp();
    await small.rewrite("components/disruption.ts", both, maxUnavailable);
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
    expect(exitCode, all).to.equal(1);
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
  it("is in clear nowhere in the state, neither as it is nor in base64", async () => {
    const state = JSON.stringify(await small.state());
    const values = Object.values(await passwords()).filter((value) => value.length >= 16);
    expect(values).to.not.be.empty;
    for (const value of values) {
      expect(state).to.not.contain(value).and.not.contain(Buffer.from(value, "base64").toString());
    }
  });
});
