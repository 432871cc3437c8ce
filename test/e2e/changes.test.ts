import { cp, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { execa } from "execa";
import { parseDocument } from "yaml";
import { changes, environment, root, type Step, summaryOf } from "./support/stack";

/** Where data lives: what must never be replaced or deleted, whatever a change is about. */
const DATA = /StatefulSet|PersistentVolumeClaim|RandomPassword/;

const touchedStores = (steps: Step[]) =>
  summaryOf(steps).filter((line) => DATA.test(line) && !line.startsWith("create"));

describe("A change", () => {
  let folder: string;
  let file: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "platform-"));
    file = join(folder, "Pulumi.dev.yaml");
    await cp(join(root, "Pulumi.dev.yaml"), file);
  });
  afterEach(() => rm(folder, { recursive: true }));

  /** The preview with these settings of the stack changed. */
  async function withSettings(values: Record<string, unknown>): Promise<Step[]> {
    const document = parseDocument(await readFile(file, "utf8"));
    for (const [path, value] of Object.entries(values)) document.setIn(["config", ...path.split("/")], value);
    await writeFile(file, document.toString());
    return changes("--config-file", file);
  }

  /** The preview of this checkout with malai's catalog rewritten. */
  async function withCatalog(rewrite: (text: string) => string): Promise<Step[]> {
    for (const name of [
      "components",
      "extras",
      "model",
      "platforms",
      "programs",
      "stacks",
      "index.ts",
      "package.json",
      "tsconfig.json",
      "Pulumi.yaml",
    ]) {
      await cp(join(root, name), join(folder, name), { recursive: true });
    }
    await symlink(join(root, "node_modules"), join(folder, "node_modules"));
    const catalog = join(folder, "platforms/malai.ts");
    const text = await readFile(catalog, "utf8");
    expect(rewrite(text), "the catalog is still written as this test expects").to.not.equal(text);
    await writeFile(catalog, rewrite(text));
    return changes("--cwd", folder);
  }

  it("of a Secret rolls the service that reads it, and nothing else", async () => {
    await execa(
      "pulumi",
      ["config", "set", "--secret", "malai:JWT_SECRET", "--stack", "dev", "--config-file", file],
      {
        cwd: root,
        env: environment,
        input: "a-new-secret",
      },
    );
    expect(summaryOf(await changes("--config-file", file))).to.deep.equal([
      "delete RandomPassword malai-secrets-JWT_SECRET",
      "update Deployment malai-auth-service",
      "update Secret malai-secrets",
    ]);
  });

  it("[O2] of a plain setting rolls the service that reads it, and nothing else", async () => {
    const steps = await withSettings({ "platform:configuration/SMTP_HOST": "smtp2.malai.localhost" });
    // The mesh knows the new host too; its Sidecar is no pod's business.
    expect(summaryOf(steps).filter((line) => !/ServiceEntry|Sidecar/.test(line))).to.deep.equal([
      "update ConfigMap malai-configuration",
      "update Deployment malai-notification-service",
    ]);
  });

  it("of an image rolls that service, and nothing else", async () => {
    const digest = `sha256:${"1".repeat(64)}`;
    const steps = await withSettings({ "platform:images": { digests: { "payment-service": digest } } });
    expect(summaryOf(steps)).to.deep.equal(["update Deployment malai-payment-service"]);
  });

  it("[O6] of a replica bound changes the autoscaler and what watches it, and rolls nothing", async () => {
    const steps = await withSettings({ "platform:services/event-service/replicas/min": 3 });
    expect(summaryOf(steps)).to.deep.equal([
      "update ConfigMap malai-dashboards-autoscaling",
      "update ConfigMap malai-prometheus",
      "update HorizontalPodAutoscaler malai-event-service",
    ]);
  });

  it("[R42] of the tier makes other PriorityClasses before the pods ask for them, and replaces no store", async () => {
    const steps = await withSettings({
      "platform:tier": "production",
      "platform:certificate": { secret: "of-a-public-ca" },
    });
    const classes = summaryOf(steps).filter((line) => line.includes("PriorityClass"));
    expect(classes).to.deep.equal([
      "replace PriorityClass malai-namespace-data",
      "replace PriorityClass malai-namespace-services",
    ]);
    expect(touchedStores(steps).filter((line) => !line.startsWith("update StatefulSet"))).to.deep.equal([]);
  });

  it("[R42] of the storage class touches no volume that is there", async () => {
    expect(summaryOf(await withSettings({ "platform:storageClass": "other" }))).to.deep.equal([]);
  });

  it("that adds a service makes what it needs, and replaces no store", async () => {
    const entry =
      '"refund-service": { port: 4004, uses: [database("refunds"), queue(), service("payment-service")] },';
    const steps = await withCatalog((text) =>
      text.replace("  services: {\n", `  services: {\n    ${entry}\n`),
    );
    expect(touchedStores(steps)).to.deep.equal([]);
    const created = summaryOf(steps).filter((line) => line.startsWith("create"));
    expect(created).to.include.members([
      "create Deployment malai-refund-service",
      "create HorizontalPodAutoscaler malai-refund-service",
      "create Job malai-database-refund-service",
      "create Service malai-refund-service",
    ]);
    expect(summaryOf(steps).filter((line) => /Deployment/.test(line))).to.deep.equal([
      "create Deployment malai-refund-service",
    ]);
  });

  it("that removes a service deletes what was its own, and keeps every store", async () => {
    const steps = await withCatalog((text) =>
      text
        .replace(/ {4}"payment-service": \{[^}]*\},\n/, "")
        .replace('        service("payment-service"),\n', ""),
    );
    // Its own passwords go with it.
    expect(touchedStores(steps)).to.deep.equal([
      "delete RandomPassword malai-database-payment-service-password",
      "delete RandomPassword malai-secrets-OMISE_SECRET_KEY",
    ]);
    expect(summaryOf(steps).filter((line) => /Deployment/.test(line))).to.deep.equal([
      "delete Deployment malai-payment-service",
      "update Deployment malai-api-gateway",
    ]);
  });
});
