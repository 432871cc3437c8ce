import { appendFile, cp, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { execa } from "execa";
import { parse } from "yaml";
import { until } from "../support/until";
import { get } from "./support/cluster";
import { environment, root } from "./support/stack";

describe("Promotion", function () {
  this.timeout(900_000);
  let clone: string;

  const git = (...args: string[]) =>
    execa("git", ["-c", "user.name=test", "-c", "user.email=test@example.com", ...args], { cwd: clone });
  const ops = (...args: string[]) =>
    execa("npx", ["ops", ...args], { cwd: clone, env: environment, reject: false, all: true, input: "" });

  /** What is in this checkout as one commit of a repository of its own: a promotion asks for a clean tree. */
  before(async () => {
    clone = await mkdtemp(join(tmpdir(), "platform-clone-"));
    const { stdout } = await execa("git", ["ls-files", "-co", "--exclude-standard"], { cwd: root });
    for (const file of stdout.split("\n")) await cp(join(root, file), join(clone, file)).catch(onlyDeleted);
    await symlink(join(root, "node_modules"), join(clone, "node_modules"));
    await git("init", "--quiet");
    await writeFile(join(clone, ".git/info/exclude"), "node_modules\n");
    await git("add", "--all");
    await git("commit", "--quiet", "--message=All of it");
  });
  after(() => rm(clone, { recursive: true }));

  it("[C6] is refused as long as the stack that it comes from is not verified", async () => {
    const { exitCode, all } = await ops("promote", "dealcycle-dev", "dealcycle-prod", "--dry-run");
    expect(exitCode, all).to.equal(3);
    expect(all).to.contain("dealcycle-dev is not verified; run: npx ops verify --stack dealcycle-dev");
  });

  it("[C6] verifies what dev runs, and writes exactly that into prod's file", async () => {
    // The tests before have made alerts fire, or nearly so; those that page are in the way until they are over.
    const isDecided = ({ all }: { all?: string }) => !/^ {2}alert /m.test(all ?? "");
    const verified = await until("no alert pages", 600, () => ops("verify", "--stack", "dev"), isDecided);
    expect(verified.exitCode, verified.all).to.equal(0);
    const promoted = await ops("promote", "dev", "prod", "--yes");
    expect(promoted.exitCode, promoted.all).to.equal(0);

    const prod = parse(await readFile(join(clone, "Pulumi.prod.yaml"), "utf8"));
    const { digests } = prod.config["platform:images"];
    const { items } = await get("pods", "-l", "app=auth-service");
    const running = items[0].status.containerStatuses[0].imageID.replace(/^.*(?=sha256:)/, "");
    expect(digests["auth-service"]).to.equal(running);
    expect(Object.keys(digests)).to.include.members([
      "api-gateway",
      "postgres",
      "redis",
      "rabbitmq",
      "nginx",
    ]);
    expect((await git("diff", "--name-only")).stdout).to.equal("Pulumi.prod.yaml");
  });

  it("[C6] is refused for another commit than the one that was verified, and for an unclean tree", async () => {
    await git("commit", "--quiet", "--allow-empty", "--message=Another");
    const other = await ops("promote", "dev", "prod", "--dry-run");
    expect(other.exitCode, other.all).to.equal(3);
    await git("reset", "--quiet", "--soft", "HEAD~1");
    await appendFile(join(clone, "index.ts"), "// changed\n");
    const unclean = await ops("promote", "dev", "prod", "--dry-run");
    expect(unclean.exitCode, unclean.all).to.equal(3);
  });
});

/** A file that is deleted and not yet committed as such is still listed. */
function onlyDeleted(error: NodeJS.ErrnoException): void {
  if (error.code !== "ENOENT") throw error;
}
