import { expect } from "chai";
import { objectsInCluster, objectsInState, passwords } from "../support/ownership";
import { small } from "../support/small";
import { root, shellIn, summaryOf } from "../support/stack";

const OTHER = "small-moved";

describe("Another platform:namespace", () => {
  before(() => small.ensureUp());

  it("[R21] is refused where data is protected, before anything is changed", async () => {
    await small.set({ namespace: OTHER, protectData: "true" });
    const { exitCode, all } = await small.run("pulumi", "preview", "--stack", "small");
    expect(exitCode).to.not.equal(0);
    expect(all).to.match(
      /platform:namespace +small-moved would begin with empty volumes: those in small hold data/,
    );
  });

  it("replaces every object of the namespace elsewhere, the data stores too, and the preview says so", async () => {
    // The certificate that the tests made is in this namespace alone.
    await small.set({ protectData: "false", certificate: "self-signed", tier: "development" });
    const steps = summaryOf(await small.changes());
    expect(steps).to.include.members([
      "replace Namespace small-namespace",
      "replace PersistentVolumeClaim small-postgres-data-0",
      "replace StatefulSet small-postgres",
      "replace Deployment small-api-gateway",
    ]);
    expect(steps.filter((line) => !/^replace|certificate/.test(line))).to.deep.equal([]);
    expect(
      steps.filter((line) => /RandomPassword/.test(line)),
      "passwords stay",
    ).to.deep.equal([]);
  });

  it("brings the platform up there, with the passwords that it had, and leaves nothing here", async () => {
    const before = await passwords();
    const { exitCode, all } = await small.makeUp();
    expect(exitCode, all).to.equal(0);
    small.namespace = OTHER;
    const after = await passwords();
    for (const key of ["postgres-admin/password", "postgres-auth-service/password"]) {
      expect(after[key], key).to.equal(before[key]);
    }
    expect(await small.changes()).to.deep.equal([]);
    expect(await objectsInCluster()).to.deep.equal(await objectsInState());
    const old = await shellIn(root, "kubectl", "get", "namespace", "small", "--ignore-not-found");
    expect(old.stdout).to.equal("");
  });

  it("is gone with pulumi destroy, without a trace", async () => {
    const { exitCode, all } = await small.destroy();
    expect(exitCode, all).to.equal(0);
    expect(await objectsInCluster()).to.deep.equal([]);
  });
});
