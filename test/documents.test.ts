import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect } from "chai";
import { execa } from "execa";
import { settingsSchema } from "../model/settings";
import { istioSettingsSchema } from "../model/settings/istio";
import { typeErrors } from "./support/type-errors";

/** Every page of docs/, but what `make drill` writes. */
const PAGES = readdirSync("docs")
  .filter((name) => name.endsWith(".md") && name !== "drills.md")
  .map((name) => `docs/${name}`);
const DOCUMENTS = ["README.md", "CONTRIBUTING.md", ...PAGES];
const read = (path: string) => readFileSync(path, "utf8");

/** Words of the README at most: a newcomer reads it in six minutes. */
const MOST_WORDS = 1500;

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

/** Where a link into a document may lead: its headings as GitHub names them, and the ids that it sets itself. */
function anchorsOf(text: string): string[] {
  const headings = [...text.replace(FENCE, "").matchAll(/^#+ (.*)$/gm)].map(([, heading = ""]) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N}_ -]/gu, "")
      .replaceAll(" ", "-"),
  );
  return [...headings, ...[...text.matchAll(/<a id="([^"]+)">/g)].map(([, id = ""]) => id)];
}

/** What a document links to in this repository: the file, and the place in it. */
function linksIn(document: string) {
  return [...read(document).matchAll(/\]\((?!https?:)([^)#]*)(?:#([^)]*))?\)/g)].map(
    ([, path = "", anchor]) => ({ file: path ? join(dirname(document), path) : document, anchor }),
  );
}

describe("The README", () => {
  const readme = read("README.md");

  it(`[O13] has at most ${MOST_WORDS} words`, () => {
    expect(readme.trim().split(/\s+/).length).to.be.at.most(MOST_WORDS);
  });

  it("[O13] shows a catalog entry and two commands before anything else", () => {
    const [start = ""] = readme.split("\n## ");
    const blocks = [...start.matchAll(FENCE)].map(([, language, block]) => [language, block]);
    expect(blocks.map(([language]) => language).slice(0, 2)).to.deep.equal(["ts", "sh"]);
    expect(blocks[0]?.[1]).to.match(/^"[a-z-]+": \{\n/);
    expect(wordsAfter("make", `\`\`\`sh\n${blocks[1]?.[1]}\`\`\``)).to.deep.equal(["up", "test"]);
  });

  it("[O13] has a catalog entry that compiles", () => {
    const [, entry = ""] = /^```ts\n([\s\S]*?)^```$/m.exec(readme) ?? [];
    const catalog = (names: string) => `
      import { cache, database, definePlatform, external, path, queue, service, webSocket } from "../model/catalog";
      import { malai } from "./malai";
      export const platform = definePlatform({
        ...malai,
        configuration: { LOG_LEVEL: "info" },
        services: { ${names} ${entry} },
      });`;
    expect(typeErrors("platforms/readme.ts", catalog('"payment-service": { port: 4002 },'))).to.deep.equal(
      [],
    );
    // The entry calls it, so the compiler has looked.
    expect(typeErrors("platforms/readme.ts", catalog(""))).to.not.be.empty;
  });

  it("[O13] tells, in this order, what a newcomer wants to know", () => {
    const headings = [...readme.replace(FENCE, "").matchAll(/^## (.*)$/gm)].map(([, heading]) => heading);
    expect(headings).to.deep.equal([
      "What you get",
      "Commands",
      "Bring a service of your own",
      "Release a service",
      "Recover",
      "Limits",
      "Glossary",
      "How it compares",
      "More",
    ]);
  });

  it("[O13] explains each word of its own in one line", () => {
    const words = [...sectionOf(readme, "Glossary").matchAll(/^\| ([a-z -]+) \| [^|\n]+ \|$/gm)].map(
      ([, word]) => word,
    );
    expect(words).to.include.members(["edge", "front door", "rehearsal", "stand-in"]);
  });

  it("[O13] links to every page of docs/", () => {
    const linked = linksIn("README.md").map(({ file }) => file);
    expect(PAGES.filter((page) => !linked.includes(page))).to.deep.equal([]);
  });
});

describe("The documents", () => {
  const targets = [...read("Makefile").matchAll(/^([a-z]+):.*## /gm)].map(([, target]) => target);

  for (const document of DOCUMENTS) {
    it(`[O13] name in ${document} only targets that make has`, () => {
      const named = wordsAfter("make", read(document));
      expect(named.filter((target) => !targets.includes(target))).to.deep.equal([]);
    });

    it(`[O13] link in ${document} only to what is there`, () => {
      const broken = linksIn(document).filter(
        ({ file, anchor }) => !existsSync(file) || (anchor && !anchorsOf(read(file)).includes(anchor)),
      );
      expect(broken).to.deep.equal([]);
    });

    it(`[O13] name in ${document} only settings that there are`, () => {
      const named = [...read(document).matchAll(/\bplatform:([a-zA-Z]+)/g)].map(([, setting]) => setting);
      const known = { ...settingsSchema.shape, ...istioSettingsSchema.shape };
      expect(named.filter((setting) => !(String(setting) in known))).to.deep.equal([]);
    });
  }

  for (const page of PAGES) {
    it(`[O13] say at the start of ${page} what its reader can do with it`, () => {
      const [title, blank, start] = read(page).split("\n");
      expect(title).to.match(/^# [A-Z]/);
      expect(blank).to.equal("");
      expect(start).to.match(/^With this page you /);
    });
  }

  it("[O13] name targets of make where people begin", () => {
    for (const document of ["README.md", "CONTRIBUTING.md", "docs/operations.md"]) {
      expect(wordsAfter("make", read(document)), document).to.not.be.empty;
    }
  });

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

  it("[O13] list every row of the requirements that a test or a comment names", async () => {
    const { stdout: titles } = await execa("git", ["grep", "-hoE", "\\[[CDO][0-9]+\\]", "--", "test/*.ts"]);
    const { stdout: comments } = await execa("git", [
      ...["grep", "-hoE", "docs/requirements\\.md, [CDO][0-9]+( and [CDO][0-9]+)?", "--", ":!docs"],
    ]);
    const named = new Set(`${titles}\n${comments}`.match(/\b[CDO]\d+\b/g));
    const listed = [...read("docs/requirements.md").matchAll(/^\| ([CDO]\d+) \| \S/gm)].map(([, row]) => row);
    expect(named.size).to.be.at.least(20);
    expect([...named].filter((row) => !listed.includes(row))).to.deep.equal([]);
  });

  it("[O13] are the only source that code refers to for what is asked of it", async () => {
    const { stdout } = await execa(
      "git",
      [
        "grep",
        "-niE",
        "(orchestration|discovery)( document|, (section|technical))",
        "--",
        ":!CHANGELOG.md",
        ":!test/documents.test.ts",
      ],
      { reject: false },
    );
    expect(stdout).to.equal("");
  });

  it("[R49] tell what a call that is not declared looks like in the mesh", () => {
    const rows = sectionOf(read("docs/operations.md"), "When something is wrong").split("\n");
    const [row = ""] = rows.filter((line) => /^\|[^|]*\b502\b/.test(line));
    expect(row).to.contain("get sidecar <caller>").and.contain("`service(…)` or `external(…)`");
  });

  it("[D12] have a calendar with four intervals", () => {
    const calendar = sectionOf(read("docs/operations.md"), "Calendar");
    const intervals = [...calendar.matchAll(/^\| ([a-z]+) \|/gm)].map(([, interval]) => interval);
    expect(intervals).to.include.members(["daily", "weekly", "monthly", "quarterly"]);
  });
});
