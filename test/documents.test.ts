import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect } from "chai";
import { execa } from "execa";
import { settingsSchema } from "../components/settings";
import { istioSettingsSchema } from "../components/settings/istio";

const DOCUMENTS = ["README.md", "CONTRIBUTING.md", "docs/operations.md"];
const read = (path: string) => readFileSync(path, "utf8");

const FENCE = /^```(\w*)\n([\s\S]*?)^```$/gm;

/** Everything in a document that is set as code, in a line or in a block of its own; diagrams are none. */
const codeOf = (text: string) => [
  ...[...text.matchAll(FENCE)].flatMap(([, language, block]) => (language === "mermaid" ? [] : [block])),
  ...[...text.replace(FENCE, "").matchAll(/`([^`\n]+)`/g)].map(([, code]) => code),
];

/** The words that follow a command in a document's code: `up` of `make up STACK=prod`. */
const wordsAfter = (command: string, text: string) =>
  codeOf(text).flatMap((code = "") =>
    [...code.matchAll(new RegExp(`\\b${command} ((?:-\\S+ )*)([a-z][a-z-]*)`, "g"))].map(
      ([, , word]) => word,
    ),
  );

/** Text of a section, up to the next heading of its rank or above. */
function sectionOf(text: string, heading: string): string {
  const [, after = ""] = text.split(`\n## ${heading}\n`);
  return after.split(/\n## /)[0] ?? "";
}

describe("The documents", () => {
  const targets = [...read("Makefile").matchAll(/^([a-z]+):.*## /gm)].map(([, target]) => target);

  for (const document of DOCUMENTS) {
    it(`[O13] name in ${document} only targets that make has`, () => {
      const named = wordsAfter("make", read(document));
      expect(named).to.not.be.empty;
      expect(named.filter((target) => !targets.includes(target))).to.deep.equal([]);
    });

    it(`[O13] link in ${document} only to what is there`, () => {
      const links = [...read(document).matchAll(/\]\((?!https?:)([^)#]+)[^)]*\)/g)].map(
        ([, path = ""]) => path,
      );
      expect(links.filter((path) => !existsSync(join(dirname(document), path)))).to.deep.equal([]);
    });

    it(`[O13] name in ${document} only settings that there are`, () => {
      const named = [...read(document).matchAll(/\bplatform:([a-zA-Z]+)/g)].map(([, setting]) => setting);
      const known = { ...settingsSchema.shape, ...istioSettingsSchema.shape };
      expect(named.filter((setting) => !(String(setting) in known))).to.deep.equal([]);
    });
  }

  it("[O13] name only commands of npx ops that it has", async () => {
    const { stdout } = await execa("node", ["operations/bin.mjs", "--help"]);
    const commands = [...stdout.matchAll(/^ {2}([a-z]+) (?:\[options\] )?[<[]/gm)].map(
      ([, command]) => command,
    );
    const named = DOCUMENTS.flatMap((document) => wordsAfter("npx ops", read(document)));
    expect(named).to.include.members(["status", "verify", "promote", "review", "diagram"]);
    expect(named.filter((command) => !commands.includes(command))).to.deep.equal([]);
  });

  it("[O13] every target of make is in the README", () => {
    const named = wordsAfter("make", read("README.md"));
    const internal = ["env", "lint", "help"];
    expect(
      targets.filter((target = "") => !named.includes(target) && !internal.includes(target)),
    ).to.deep.equal([]);
  });

  it("[D12] tell what to look at for what goes wrong, each with a command or a setting", () => {
    const rows = sectionOf(read("docs/operations.md"), "When something is wrong")
      .split("\n")
      .filter((line) => line.startsWith("| "))
      .slice(2);
    expect(rows).to.have.lengthOf.at.least(10);
    expect(rows.filter((row) => !/`[^`]+`/.test(row.split("|")[2] ?? ""))).to.deep.equal([]);
  });

  it("[R49] tell what a call that is not declared looks like in the mesh", () => {
    const rows = sectionOf(read("docs/operations.md"), "When something is wrong").split("\n");
    const [row = ""] = rows.filter((line) => /^\|[^|]*\b502\b/.test(line));
    expect(row).to.contain("get sidecar <caller>").and.contain("`service(…)` or `external(…)`");
  });

  it("[D12] have a calendar with the document's four intervals", () => {
    const calendar = sectionOf(read("docs/operations.md"), "Calendar");
    const intervals = [...calendar.matchAll(/^\| ([a-z]+) \|/gm)].map(([, interval]) => interval);
    expect(intervals).to.include.members(["daily", "weekly", "monthly", "quarterly"]);
  });
});
