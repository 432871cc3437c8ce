import { basename } from "node:path";
import { expect } from "chai";
import { execa } from "execa";
import { manifestsOf, stacks } from "../support/manifests";
import type { Finding } from "./finding";
import { aboutBad, idle, type Manifests, renderAll, tierOf, unexcepted } from "./findings";
import { type Checkov, ensureCheckov } from "./install-checkov";

/** What checkov prints of a run, as far as it matters. */
interface Result {
  results: { failed_checks: { check_id: string; check_name: string; file_path: string; resource: string }[] };
  summary: { passed: number; parsing_errors: number };
}

/** Milliseconds; the first time ever it is installed. */
const INSTALL_TIMEOUT = 300_000;

describe("checkov on the objects of every stack", () => {
  let manifests: Manifests;
  let result: Result;
  let findings: Finding[];

  before(async function () {
    this.timeout(INSTALL_TIMEOUT);
    const checkov = await ensureCheckov(() => {});
    manifests = await renderAll();
    result = await scan(checkov, manifests.folder);
    findings = result.results.failed_checks.map(toFinding);
  });
  after(() => manifests?.remove());

  it("[O13] [D13] finds nothing that is not an exception", () => {
    expect(unexcepted(findings).join("\n")).to.equal("");
  });

  it("has read every object, and finds what is wrong where something is", async () => {
    const objects = (await Promise.all(stacks.map(manifestsOf))).flat().length;
    expect(result.summary.parsing_errors).to.equal(0);
    expect(result.summary.passed).to.be.above(objects);
    expect(aboutBad(findings)).to.include.members(["CKV_K8S_16", "CKV_K8S_19", "CKV_K8S_14"]);
  });

  it("needs each exception that is made for it", () => {
    expect(idle("checkov", findings)).to.deep.equal([]);
  });
});

/** One run for all stacks: most of its ten seconds it starts. */
async function scan([python, ...module]: Checkov, folder: string): Promise<Result> {
  const options = [
    "--framework",
    "kubernetes",
    "--skip-download",
    "--quiet",
    "--compact",
    "--output",
    "json",
  ];
  const { stdout, stderr } = await execa(python, [...module, "--directory", folder, ...options], {
    // It ends with 1 when a check fails.
    reject: false,
    // Else it asks a package index for a newer version of itself.
    env: { SKIP_PACKAGE_UPDATE_CHECK: "true" },
  });
  if (!stdout.startsWith("{")) throw new Error(`checkov printed no result: ${stdout}\n${stderr}`);
  return JSON.parse(stdout);
}

/** Resources are named `Kind.namespace.name`, those of a pod template with its labels behind. */
function toFinding({
  check_id,
  check_name,
  file_path,
  resource,
}: Result["results"]["failed_checks"][number]) {
  const stack = basename(file_path, ".yaml");
  const [kind = "", , name = ""] = resource.split(".");
  return { scanner: "checkov", check: check_id, stack, tier: tierOf(stack), kind, name, text: check_name };
}
