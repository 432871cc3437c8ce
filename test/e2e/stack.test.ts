import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { parseDocument } from "yaml";
import { changedSince, declared, kubectl } from "./support/cluster";
import { changes, root, shell, succeed } from "./support/stack";

/** A copy of Pulumi.dev.yaml with one value changed, outside the checkout. */
async function edited(folder: string, path: string[], value: unknown): Promise<string> {
  const document = parseDocument(await readFile(join(root, "Pulumi.dev.yaml"), "utf8"));
  document.setIn(["config", ...path], value);
  const file = join(folder, "Pulumi.dev.yaml");
  await writeFile(file, document.toString());
  return file;
}

describe("Stack", () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "platform-"));
  });
  after(() => rm(folder, { recursive: true }));

  it("[C4] [C5] a preview right after up shows no change", async () => {
    expect(await changes()).to.deep.equal([]);
  });

  it("a preview of one changed setting shows exactly that change, and what watches it", async () => {
    const file = await edited(folder, ["platform:services", "event-service", "replicas", "min"], 3);
    const steps = await changes("--config-file", file);
    expect(
      steps.map(({ op, urn }) => [op, urn.split("::").at(-2)?.split("$").at(-1), urn.split("::").at(-1)]),
    ).to.have.deep.members([
      ["update", "kubernetes:autoscaling/v2:HorizontalPodAutoscaler", "malai-event-service"],
      ["update", "kubernetes:core/v1:ConfigMap", "malai-prometheus"],
      ["update", "kubernetes:core/v1:ConfigMap", "malai-dashboards-autoscaling"],
    ]);
    const autoscaler = steps.find(({ urn }) => urn.endsWith("::malai-event-service"));
    expect(Object.keys(autoscaler?.detailedDiff ?? {})).to.deep.equal(["spec.minReplicas"]);
  });

  it("bad settings are refused all at once, before anything is changed", async () => {
    const before = await declared();
    const file = await edited(folder, ["platform:colour"], "red");
    const document = parseDocument(await readFile(file, "utf8"));
    document.setIn(["config", "platform:catalog"], "shop");
    document.setIn(["config", "platform:protectData"], "perhaps");
    await writeFile(file, document.toString());

    const result = await shell(
      "pulumi",
      "up",
      "--yes",
      "--skip-preview",
      "--stack",
      "dev",
      "--config-file",
      file,
    );
    expect(result.exitCode).to.not.equal(0);
    expect(result.all).to.contain("3 problems in stack dev, nothing was changed:");
    for (const place of ["platform:catalog", "platform:protectData", "platform:colour"]) {
      expect(result.all).to.contain(place);
    }
    expect(result.all, "no stack trace").to.not.match(/^\s+at .*\.ts:/m);
    expect(await changedSince(before)).to.deep.equal([]);
  });

  it("a refresh finds no drift where there is none", async () => {
    const result = await shell(
      "pulumi",
      "refresh",
      "--stack",
      "dev",
      "--preview-only",
      "--expect-no-changes",
    );
    expect(result.exitCode, result.all).to.equal(0);
  });

  it("keeps every secret encrypted in the state file", async () => {
    const exported = await succeed("pulumi", "stack", "export", "--stack", "dev");
    const url = await kubectl("get", "secret", "postgres-auth-service", "-o", "jsonpath={.data.password}");
    const password = Buffer.from(url, "base64").toString();
    expect(password).to.have.length(32);
    expect(exported).to.not.contain(password).and.not.contain(url);
  });
});
