import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { execa } from "execa";
import { clientTools } from "../../embedded/toolchain/tools";

const root = join(import.meta.dirname, "..", "..");

/** The one option that Node is started with. */
const [, option = ""] = /nodeargs: (\S+)/.exec(readFileSync(join(root, "Pulumi.yaml"), "utf8")) ?? [];

/** What a program prints that has Pulumi's SDK, and was started as Pulumi.yaml says. */
async function printed(statement: string): Promise<string> {
  const text = `const sdk = require("@pulumi/pulumi");
    const has = (name) => Object.keys(require.cache).some((file) => file.includes("/node_modules/" + name + "/"));
    ${statement}`;
  return (await execa(process.execPath, [option, "--eval", text], { cwd: root })).stdout;
}

describe("The preload of the program", () => {
  it("leaves out of the SDK what makes resources of functions", async () => {
    expect(
      await printed('console.log(has("@grpc/grpc-js"), has("typescript"), has("@npmcli/arborist"))'),
    ).to.equal("true false false");
  });

  it("loads that for a program that makes a resource of a function", async () => {
    const text = await printed(
      `sdk.runtime.serializeFunction(() => 42).then(({ text }) => console.log(has("typescript"), text.includes("42")))`,
    );
    expect(text).to.equal("true true");
  });

  it("is what the embedded cluster's Pulumi starts with, too", () => {
    const pulumi = clientTools.find(({ name }) => name === "pulumi");
    const [host] = pulumi?.sources.filter(({ module }) => module === "pulumi-language-nodejs") ?? [];
    expect(host?.alwaysWith).to.include(`-nodeargs=${option}`);
  });
});
