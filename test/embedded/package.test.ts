import { readdirSync, readFileSync } from "node:fs";
import { builtinModules } from "node:module";
import { join } from "node:path";
import { expect } from "chai";
import ts from "typescript";

const folder = "embedded";
const manifest = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
const root = JSON.parse(readFileSync("package.json", "utf8"));

/** Every file of TypeScript and shell. */
const sources = readdirSync(folder, { recursive: true, encoding: "utf8" })
  .filter((path) => /\.(m?ts|sh)$/.test(path))
  .map((path) => readFileSync(join(folder, path), "utf8"));

describe("The embedded cluster's package", () => {
  it("has at most 8,850 lines of TypeScript and shell", () => {
    const lines = sources.reduce((sum, text) => sum + text.split("\n").length - 1, 0);
    expect(lines).to.be.within(1, 8850);
  });

  it("names every package that it imports, and no other, each pinned to one version", () => {
    const imported = sources.flatMap((text) =>
      ts.preProcessFile(text).importedFiles.map(({ fileName }) => fileName),
    );
    const packages = imported
      .filter((name) => !/^(\.|node:)/.test(name) && !builtinModules.includes(name))
      .map((name) => name.split("/", name.startsWith("@") ? 2 : 1).join("/"));
    expect(Object.keys(manifest.dependencies)).to.have.members([...new Set(packages)]);
    expect(Object.values<string>(manifest.dependencies).filter((one) => !/^\d+\.\d+\.\d+$/.test(one))).to.be
      .empty;
  });

  it("has the versions of the root where both name a package", () => {
    const versions = { ...root.dependencies, ...root.devDependencies };
    const both = Object.entries(manifest.dependencies).filter(([name]) => name in versions);
    expect(both.length).to.be.above(0);
    expect(both).to.deep.equal(both.map(([name]) => [name, versions[name]]));
  });

  it("is a workspace of the root, which does not list what only it needs", () => {
    expect(root.workspaces).to.include(folder);
    expect(root.dependencies).to.not.have.any.keys("listr2", "tar-stream", "undici", "@peculiar/x509");
    expect(root.devDependencies).to.not.have.any.keys("listr2", "tar-stream", "undici", "@peculiar/x509");
  });
});
