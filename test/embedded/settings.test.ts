import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { checkedPlan, deployedText, isRehearsal } from "../../embedded/settings";
import { UserError } from "../../model/user-error";
import { readStackFile, type StackFile, valuesOf } from "../../stacks/stack-file";
import { hasSecrets, withoutSalt } from "../../stacks/stack-text";

const fileOf = (text: string): StackFile => ({ stack: "dev", path: "Pulumi.dev.yaml", text });

function refusal(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    expect(error).to.be.instanceOf(UserError);
    return (error as UserError).message;
  }
  throw new Error("was not refused");
}

describe("Settings, before anything is started", () => {
  const dev = readStackFile("dev");

  it("are those of the stack's file", () => {
    expect(checkedPlan(dev).services.map(({ name }) => name)).to.include("api-gateway");
    expect(checkedPlan(dev).host).to.equal("malai.localhost");
  });

  it("are the file's own, to the letter, when the stack belongs to the embedded cluster", () => {
    expect(isRehearsal(dev)).to.equal(false);
    expect(deployedText(dev, () => undefined)).to.equal(dev.text);
  });

  for (const [stack, namespace] of [
    ["prod", "malai-prod"],
    ["dealcycle-prod", "dealcycle-prod"],
  ] as const) {
    it(`are those of a rehearsal when the stack belongs to another cluster: ${stack}`, () => {
      const file = readStackFile(stack);
      expect(isRehearsal(file)).to.equal(true);
      const plan = checkedPlan(file);
      expect(plan).to.deep.include({ context: "microservice-platform", namespace, protectData: true });
    });
  }

  it("of a rehearsal have the digest of every image that the cluster has", () => {
    const prod = readStackFile("prod");
    const digest = `sha256:${"1".repeat(64)}`;
    const has = new Map([
      ["docker.io/malai/auth-service:1.0.0", digest],
      ["docker.io/library/redis:7.4.5-alpine", digest],
      ["docker.io/dealcycle-crm/users-service:1.0.0", digest],
    ]);
    const { images } = valuesOf({ ...prod, text: deployedText(prod, (image) => has.get(image)) });
    expect(images).to.deep.equal({ digests: { redis: digest, "auth-service": digest } });
  });

  it("read a truth value that Pulumi has written as text", () => {
    const asPulumiWrites = dev.text.replace(/protectData: .*/, 'protectData: "false"');
    expect(checkedPlan(fileOf(asPulumiWrites)).protectData).to.equal(false);
  });

  it("[R11] are refused where Pulumi reads a text that has no quotes as another one", () => {
    const text = dev.text.replace("SMTP_HOST: smtp.malai.localhost", "SMTP_HOST: 007\n    LOG_LEVEL: 20");
    expect(refusal(() => checkedPlan(fileOf(text)))).to.equal(
      '1 problem in stack dev, nothing was changed:\n  platform:configuration.SMTP_HOST  007 is 7 to Pulumi; write it in quotes: "007"',
    );
  });

  it("[R12] read a text at the top that looks like a number as a text", () => {
    const text = dev.text.replace("platform:catalog: malai", '$&\n  platform:namespace: "1e3"');
    expect(checkedPlan(fileOf(text)).namespace).to.equal("1e3");
  });

  it("are refused with all problems at once", () => {
    const text = dev.text
      .replace("platform:catalog: malai", "platform:catalog: shop\n  platform:colour: red")
      .replace(/protectData: .*/, "protectData: perhaps");
    const lines = refusal(() => checkedPlan(fileOf(text))).split("\n");
    expect(lines[0]).to.equal("3 problems in stack dev, nothing was changed:");
    expect(lines.slice(1).map((line) => line.trim().split(" ")[0])).to.have.members([
      "platform:catalog",
      "platform:protectData",
      "platform:colour",
    ]);
  });

  it("name the line of a file that is not YAML", () => {
    expect(refusal(() => checkedPlan(fileOf("config:\n  a: [1\n")))).to.match(
      /Pulumi\.dev\.yaml is not YAML: .*line \d/s,
    );
  });

  it("name the stacks that there are", () => {
    const folder = mkdtempSync(join(tmpdir(), "settings-"));
    for (const stack of ["prod", "dev"]) writeFileSync(join(folder, `Pulumi.${stack}.yaml`), "");
    expect(refusal(() => readStackFile("staging", folder))).to.contain("take one of: dev, prod");
    rmSync(folder, { recursive: true });
  });

  it("lose the salt that Pulumi adds, and only that", () => {
    expect(withoutSalt("config:\n  a: b\nencryptionsalt: v1:x:y\n")).to.equal("config:\n  a: b\n");
    expect(hasSecrets("config:\n  a:\n    secure: v1:x\n")).to.equal(true);
    expect(hasSecrets("config:\n  malai:JWT_SECRET: {secure: v1:x}\n")).to.equal(true);
    expect(hasSecrets("config:\n  insecure: yes\n")).to.equal(false);
  });
});
