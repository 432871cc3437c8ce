import { expect } from "chai";
import { execa } from "execa";
import { ensureScanner } from "../support/scanners";
import { exceptions } from "./exceptions";
import type { Finding } from "./finding";
import { aboutBad, BAD, idle, type Manifests, renderAll, tierOf, unexcepted } from "./findings";

/** What kube-score prints of one object, as far as it matters. */
interface Scored {
  type_meta: { kind: string };
  object_meta: { name: string };
  checks: {
    check: { id: string };
    grade: number;
    skipped: boolean;
    comments: { path: string; summary: string }[] | null;
  }[];
}

const CRITICAL = 1;

/** Milliseconds; the first time ever it is built from source. */
const BUILD_TIMEOUT = 600_000;

describe("kube-score on the objects of every stack", () => {
  let manifests: Manifests;
  let findings: Finding[];
  let looked: Map<string, number>;

  before(async function () {
    this.timeout(BUILD_TIMEOUT);
    const program = await ensureScanner("kube-score");
    manifests = await renderAll();
    const scored = await Promise.all(
      [...manifests.files].map(async ([stack, file]) => [stack, await score(program, file)] as const),
    );
    looked = new Map(scored.map(([stack, objects]) => [stack, objects.length]));
    findings = scored.flatMap(([stack, objects]) => objects.flatMap((object) => criticals(stack, object)));
  });
  after(() => manifests?.remove());

  it("[O13] [D13] finds nothing critical that is not an exception", () => {
    expect(unexcepted(findings).join("\n")).to.equal("");
  });

  it("has looked at every stack, and finds what is critical where something is", () => {
    for (const [stack, objects] of looked) expect(objects, stack).to.be.at.least(stack === BAD ? 1 : 20);
    expect(aboutBad(findings)).to.include.members(["container-resources", "container-image-tag"]);
  });

  it("needs each exception that is made for it", () => {
    expect(idle("kube-score", findings)).to.deep.equal([]);
  });

  it("has at most five exceptions, checkov's among them, and a reason for each", () => {
    expect(exceptions).to.have.length.at.most(5);
    expect(exceptions.filter(({ reason }) => reason.length < 20)).to.deep.equal([]);
  });
});

async function score(program: string, file: string): Promise<Scored[]> {
  // It ends with 1 when something is critical.
  const { stdout } = await execa(
    program,
    ["score", "--output-format=json", "--kubernetes-version=v1.36", file],
    { reject: false },
  );
  return JSON.parse(stdout);
}

function criticals(stack: string, { type_meta, object_meta, checks }: Scored): Finding[] {
  return checks
    .filter(({ grade, skipped }) => grade === CRITICAL && !skipped)
    .map(({ check, comments }) => ({
      scanner: "kube-score",
      check: check.id,
      stack,
      tier: tierOf(stack),
      kind: type_meta.kind,
      name: object_meta.name,
      text: (comments ?? [])
        .map(({ path, summary }) => [path, summary].filter(Boolean).join(": "))
        .join("; "),
    }));
}
