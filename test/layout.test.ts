import { existsSync, readFileSync } from "node:fs";
import { expect } from "chai";

const manifest = JSON.parse(readFileSync("package.json", "utf8"));
const packages: Record<string, string> = { ...manifest.dependencies, ...manifest.devDependencies };

describe("Project", () => {
  it("[C1] is a Pulumi program in TypeScript on the card's packages, each pinned to one version", () => {
    expect(packages).to.include.keys(
      ...["@pulumi/pulumi", "@pulumi/kubernetes", "@pulumi/docker", "@pulumi/random", "mocha", "typescript"],
    );
    expect(Object.values(packages).filter((version) => !/^\d+\.\d+\.\d+$/.test(version))).to.deep.equal([]);
  });

  it("[C2] has the card's files at its top", () => {
    const files = ["package.json", "tsconfig.json", "Pulumi.yaml", "Pulumi.dev.yaml", "Pulumi.prod.yaml"];
    const missing = [...files, "index.ts", "components", "test", "README.md"].filter(
      (path) => !existsSync(path),
    );
    expect(missing).to.deep.equal([]);
  });
});
