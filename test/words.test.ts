import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { expect } from "chai";

/** Words that gave way to the field's terms, or to a sentence that names who does what, each with what to write. */
const RETIRED: readonly [word: RegExp, instead: string][] = [
  [/\b(nobody|somebody)/i, "name who does it, or what does not happen"],
  [/authorit(?!(y|ies) \(CAs?\))/i, "CA, at its first place certificate authority (CA)"],
  [/farewell/i, "drain seconds, grace seconds"],
  [/askedAtLast|waysOf\b/, "primary and fallback, routes, retries"],
  [/requireCalm|handmade|\bessence\b|\bedged\b|\bthin(Layer)?\b/i, "what it does"],
  [/\bwanted|\blogical\b/i, "desired, needed, requested"],
  [/\bneighbours?\b/i, "callers, callees"],
  [/\bfigures\b/i, "metrics"],
  [/\b(is|are|was|were|be|store) away\b/i, "unavailable"],
  [/\bthe (orchestration |discovery )?document('s)? (asks|says|wants)/i, "a row of docs/requirements.md"],
];

/** Names that others gave, and texts of rendered objects. */
const EXCEPTIONS: readonly RegExp[] = [
  /"nobody", uid: 65534/,
  /nobody in front of this nginx is trusted/,
  /\bNOBODY\b(: |", value: )/,
  /"(kubelet-)?certificate-authority(-data)?"|":authority"/,
  /AuthorityKeyId|Authority Key Identifier|authority key id/,
  /platform:stores:StoresAuthority|-stores-authority`/,
  /"It wanted more than its limit\."/,
];

/** Tracked sources and pages, without this list and what the drills have printed. */
const files = execFileSync("git", ["ls-files", "*.ts", "*.md"], { encoding: "utf8" })
  .split("\n")
  .filter((path) => path && !["test/words.test.ts", "docs/drills.md"].includes(path));

/** Every retired word of a text, with its place and what to write instead. */
const retiredIn = (path: string, text: string): string[] =>
  text.split("\n").flatMap((line, index) => {
    const own = EXCEPTIONS.reduce((rest, name) => rest.replace(name, ""), line);
    return RETIRED.flatMap(([word, instead]) => {
      const found = word.exec(own)?.[0];
      return found ? [`${path}:${index + 1}: "${found}"; write: ${instead}`] : [];
    });
  });

describe("The words of the project", () => {
  it("are the field's: no source, page or test has one that was retired", () => {
    expect(files.length).to.be.above(500);
    expect(files.flatMap((path) => retiredIn(path, readFileSync(path, "utf8")))).to.deep.equal([]);
  });

  it("are searched in a way that finds one, with its place, and leaves names alone that others gave", () => {
    const text = '// Nobody asks.\n"kubelet-certificate-authority": ca,\n// A CA, not an authority.';
    expect(retiredIn("a.ts", text)).to.deep.equal([
      'a.ts:1: "Nobody"; write: name who does it, or what does not happen',
      'a.ts:3: "authorit"; write: CA, at its first place certificate authority (CA)',
    ]);
  });
});
