import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect } from "chai";
import { execa } from "execa";

const summary = (changes: object) =>
  JSON.stringify({ sequence: 1, summaryEvent: { resourceChanges: changes } });
const error = (message: string) =>
  JSON.stringify({ sequence: 1, diagnosticEvent: { message, severity: "error" } });
const violation = JSON.stringify({
  sequence: 1,
  policyEvent: {
    message: "A rule.\nPod x/web: has no livenessProbe; add one\n",
    enforcementLevel: "mandatory",
  },
});

/** What the program in Pulumi's place says to a preview, and whether that fails. */
interface Preview {
  says: string[];
  fails?: boolean;
  /** What it says where fields are taken back by force. */
  forced?: string[];
}

describe("Deployment of a stack by make up", () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "deployment-"));
  });
  after(() => rmSync(folder, { recursive: true }));

  const state = () =>
    join(folder, "microservice-platform/cluster/pulumi/state/.pulumi/stacks/platform/dev.json");
  afterEach(() => rmSync(state(), { force: true }));

  function bringUp(): void {
    mkdirSync(dirname(state()), { recursive: true });
    const resources = [{ type: "pulumi:pulumi:Stack" }];
    writeFileSync(state(), JSON.stringify({ checkpoint: { latest: { resources } } }));
  }

  /** What `make up` says, how it ends, and which Pulumi commands it ran. */
  async function deployed({ says, fails, forced }: Preview) {
    const pulumi = join(folder, "pulumi");
    const calls = join(folder, "calls");
    const script = `#!/bin/sh
echo "$*" >>${calls}
case "$1" in
up) printf '%s\\n' '${summary({ update: 1, same: 40 })}'; exit 0 ;;
esac
${forced ? `[ "$PULUMI_K8S_ENABLE_PATCH_FORCE" = true ] && { printf '%s\\n' '${forced.join("\n")}'; exit 0; }` : ""}
printf '%s\\n' '${says.join("\n")}'
exit ${fails ? 1 : 0}
`;
    writeFileSync(pulumi, script);
    writeFileSync(calls, "");
    chmodSync(pulumi, 0o755);
    const args = ["--import", "tsx", "test/embedded/support/deploy.ts", pulumi];
    const { stdout, exitCode } = await execa("node", args, {
      env: { XDG_CACHE_HOME: folder },
      reject: false,
    });
    const commands = readFileSync(calls, "utf8").trim().split("\n");
    return { stdout, exitCode, commands: commands.map((line) => line.split(" ")[0]), calls: commands };
  }

  it("[R52] ends with the preview where that shows no change", async () => {
    const { stdout, commands } = await deployed({ says: [summary({ same: 41 })] });
    expect(commands).to.deep.equal(["preview"]);
    expect(JSON.parse(stdout)).to.deep.equal({ same: 41 });
  });

  it("[R52] updates what a preview has shown, and had checked by the policy pack", async () => {
    const { stdout, commands, calls } = await deployed({ says: [summary({ update: 1, same: 40 })] });
    expect(commands).to.deep.equal(["preview", "up"]);
    expect(calls[0]).to.contain("--policy-pack /policies");
    expect(JSON.parse(stdout)).to.deep.equal({ update: 1, same: 40 });
  });

  it("[R52] has the policy pack check a stack that is up only where something changes", async () => {
    bringUp();
    const same = await deployed({ says: [summary({ same: 41 })] });
    expect(same.calls.map((call) => call.includes("--policy-pack"))).to.deep.equal([false]);
    const changed = await deployed({ says: [summary({ update: 1, same: 40 })] });
    expect(changed.commands).to.deep.equal(["preview", "preview", "up"]);
    expect(changed.calls.map((call) => call.includes("--policy-pack"))).to.deep.equal([false, true, false]);
  });

  it("[R52] changes nothing where the preview fails, and says why", async () => {
    const says = [error("Secret x: field is immutable"), error("preview failed")];
    const { stdout, exitCode, commands } = await deployed({ says, fails: true });
    expect(commands).to.deep.equal(["preview"]);
    expect(exitCode).to.equal(1);
    expect(stdout).to.contain("pulumi preview, stack dev: exit code 1, nothing was changed");
    expect(stdout).to.contain("Secret x: field is immutable");
  });

  it("[R52] changes nothing where a house rule is broken, and names it", async () => {
    const { stdout, exitCode, commands } = await deployed({
      says: [violation, error("preview failed")],
      fails: true,
    });
    expect(commands).to.deep.equal(["preview"]);
    expect(exitCode).to.equal(1);
    expect(stdout).to.contain("1 house rule is broken by stack dev, nothing was changed:");
    expect(stdout).to.contain("Pod x/web: has no livenessProbe; add one");
  });

  it("[R52] takes fields back from kubectl, and from no other manager", async () => {
    const conflict = (owner: string) =>
      error(
        `Service x: had an apply conflict: Apply failed with 1 conflict: conflict with "${owner}" using v1: .spec`,
      );
    const forced = [summary({ update: 1, same: 40 })];
    const kubectl = await deployed({
      says: [conflict("kubectl-patch"), error("preview failed")],
      fails: true,
      forced,
    });
    expect(kubectl.commands).to.deep.equal(["preview", "preview", "up"]);
    bringUp();
    const there = await deployed({
      says: [conflict("kubectl-patch"), error("preview failed")],
      fails: true,
      forced,
    });
    // The rules are checked on what the second one has taken back.
    expect(there.commands).to.deep.equal(["preview", "preview", "preview", "up"]);
    expect(there.calls[2]).to.contain("--policy-pack /policies");
    const other = await deployed({
      says: [conflict("other-team"), error("preview failed")],
      fails: true,
      forced,
    });
    expect(other.commands).to.deep.equal(["preview"]);
    expect(other.stdout).to.contain("PULUMI_K8S_ENABLE_PATCH_FORCE=true make up STACK=dev");
  });
});
