import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { execa } from "execa";
import { removeSalt } from "../embedded/stack";
import { readStackFile } from "../stacks/stack-file";
import { Parts, root } from "./support/parts";

/** `make drill`: what takes minutes by nature. What it said goes to docs/drills.md, the newest first. */
const FILE = join(root, "docs", "drills.md");
const SECTION = "\n## ";

const parts = new Parts();
if (await parts.bringUp("dev")) await parts.suite("Drills", "test/drills/.mocharc.yaml");
for (const stack of ["istio", "dev"]) removeSalt(readStackFile(stack));
const exitCode = parts.end();

const { stdout: commit } = await execa("git", ["rev-parse", "--short", "HEAD"], { cwd: root });
const day = new Date().toISOString().slice(0, 10);
const text = stripVTControlCharacters(parts.said);
const said = text.slice(text.indexOf("\n\n  ")).trimEnd();
const [head = "", ...sections] = readFileSync(FILE, "utf8").split(SECTION);
sections.unshift(`${day}, commit ${commit}: ${parts.closingLine}\n\n\`\`\`text${said}\n\`\`\`\n`);
writeFileSync(FILE, [head, ...sections].join(SECTION));
console.log(`Written to ${FILE}`);
process.exit(exitCode);
